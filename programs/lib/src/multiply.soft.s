; Products on a machine without its multiplier: shift and add, as long as the second factor has bits left.

; r0 * r2 -> r0
    .section .text.__mulqi3
    .global __mulqi3
__mulqi3:
    mov r1, r0
    ldi r0, 0
1:  shr r2, 1
    bgeu 2f
    add r0, r1
2:  shl r1, 1
    cmpi r2, 0
    bne 1b
    ret

; w0 * w1 -> w0
    .section .text.__mulhi3
    .global __mulhi3
__mulhi3:
    ldiw w2, 0
1:  shrw w1, 1
    bgeu 2f
    addw w2, w0
2:  shlw w0, 1
    cmpiw w1, 0
    bne 1b
    movw w0, w2
    ret

; w1:w0 * w3:w2 -> w1:w0
    .section .text.__mulsi3
    .global __mulsi3
__mulsi3:
    pushw w4
    pushw w5
    ldiw w4, 0
    ldiw w5, 0
1:  shrw w3, 1
    rrcw w2
    bgeu 2f
    addw w4, w0
    adcw w5, w1
2:  shlw w0, 1
    rlcw w1
    cmpiw w2, 0
    bne 1b
    cmpiw w3, 0
    bne 1b
    movw w0, w4
    movw w1, w5
    popw w5
    popw w4
    ret
