; 32-bit product from the 8-by-8 multiplier: ten partial products, those of one weight added together.
; w1:w0 * w3:w2 -> w1:w0. Bytes a0..a3 are r0..r3, b0..b3 are r4..r7.
    .section .text.__mulsi3
    .global __mulsi3
__mulsi3:
    pushw w4
    pushw w5
    mov r10, r0             ; byte 3: a0*b3 + a1*b2 + a2*b1 + a3*b0
    mul w5, r7
    mov r11, r10
    mov r8, r1
    mul w4, r6
    add r11, r8
    mov r8, r2
    mul w4, r5
    add r11, r8
    mov r8, r3
    mul w4, r4
    add r11, r8
    ldi r10, 0
    mov r8, r0              ; bytes 2 and 3: a0*b2 + a1*b1 + a2*b0
    mul w4, r6
    addw w5, w4
    mov r8, r1
    mul w4, r5
    addw w5, w4
    mul w1, r4
    addw w5, w1
    mov r8, r1              ; bytes 1 and 2: a1*b0 + a0*b1
    mul w4, r4
    mov r2, r0
    mul w1, r5
    mul w0, r4              ; bytes 0 and 1: a0*b0
    addw w1, w4
    setltu r6
    add r11, r6
    add r1, r2
    adc r10, r3
    ldi r6, 0
    adc r11, r6
    movw w1, w5
    popw w5
    popw w4
    ret

; 16-by-16-bit product with all its 32 bits, from four partial products. w0 * w1 -> w1:w0
    .section .text.__umulhisi3
    .global __umulhisi3
__umulhisi3:
    mov r4, r1              ; weight 1: a1*b0 + a0*b1, 17 bits
    mul w2, r2
    mov r6, r0
    mul w3, r3
    addw w2, w3
    setltu r6
    mov r7, r1
    mul w0, r2              ; weight 0: a0*b0
    mov r2, r3
    mul w1, r7              ; weight 2: a1*b1
    add r1, r4
    adc r2, r5
    adc r3, r6
    ret
