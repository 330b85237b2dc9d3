; Division: quotient and remainder at once, by shifting the dividend out to the left into the remainder and the quotient in from the
; right. The remainder never outgrows its register, because after n steps it is at most the n bits shifted in.

; r0 / r2 -> r0, remainder r2
    .section .text.__udivmodqi4
    .global __udivmodqi4
__udivmodqi4:
    cmpi r2, 0
    beq 9f
    ldi r1, 0
    ldi r3, 4
1:  shl r0, 1
    rlc r1
    cmp r1, r2
    bltu 2f
    sub r1, r2
    setb r0, 0
2:  shl r0, 1
    rlc r1
    cmp r1, r2
    bltu 3f
    sub r1, r2
    setb r0, 0
3:  addi r3, -1
    bne 1b
    mov r2, r1
    ret
9:  trap 4

    .section .text.__divmodqi4
    .global __divmodqi4
__divmodqi4:
    bit r0, 7
    bltu 1f
    bit r2, 7
    bgeu __udivmodqi4
    neg r2                  ; + / -
    call __udivmodqi4
    neg r0
    ret
1:  neg r0
    bit r2, 7
    bltu 2f
    call __udivmodqi4       ; - / +
    neg r0
    neg r2
    ret
2:  neg r2                  ; - / -
    call __udivmodqi4
    neg r2
    ret

; w0 / w1 -> w0, remainder w1
    .section .text.__udivmodhi4
    .global __udivmodhi4
__udivmodhi4:
    cmpiw w1, 0
    beq 9f
    ldiw w2, 0
    ldi r6, 8               ; rounds of two bits
    cmpi r1, 0
    bne 1f
    mov r1, r0              ; a dividend of one byte takes half the rounds
    ldi r0, 0
    ldi r6, 4
1:  shlw w0, 1
    rlcw w2
    cmpw w2, w1
    bltu 2f
    subw w2, w1
    setb r0, 0
2:  shlw w0, 1
    rlcw w2
    cmpw w2, w1
    bltu 3f
    subw w2, w1
    setb r0, 0
3:  addi r6, -1
    bne 1b
    movw w1, w2
    ret
9:  trap 4

    .section .text.__divmodhi4
    .global __divmodhi4
__divmodhi4:
    bit r1, 7
    bltu 1f
    bit r3, 7
    bgeu __udivmodhi4
    negw w1
    call __udivmodhi4
    negw w0
    ret
1:  negw w0
    bit r3, 7
    bltu 2f
    call __udivmodhi4
    negw w0
    negw w1
    ret
2:  negw w1
    call __udivmodhi4
    negw w1
    ret

; w1:w0 / w3:w2 -> w1:w0, remainder w3:w2
    .section .text.__udivmodsi4
    .global __udivmodsi4
__udivmodsi4:
    cmpiw w3, 0
    bne 1f
    cmpiw w1, 0
    bne 1f
    movw w1, w2             ; both fit 16 bits
    call __udivmodhi4
    movw w2, w1
    ldiw w1, 0
    ldiw w3, 0
    ret
1:  pushw w4
    pushw w5
    pushw w6
    movw w4, w2
    orw w4, w3
    beq 9f
    ldiw w4, 0
    ldiw w5, 0
    ldi r12, 32
2:  cmpi r3, 0              ; whole bytes of leading zeros need no rounds
    bne 3f
    mov r3, r2
    mov r2, r1
    mov r1, r0
    ldi r0, 0
    addi r12, -8
    bne 2b
    jmp 5f                  ; the dividend is zero
3:  shlw w0, 1
    rlcw w1
    rlcw w4
    rlcw w5
    cmpw w4, w2
    cpcw w5, w3
    bltu 4f
    subw w4, w2
    sbcw w5, w3
    setb r0, 0
4:  addi r12, -1
    bne 3b
5:  movw w2, w4
    movw w3, w5
    popw w6
    popw w5
    popw w4
    ret
9:  trap 4

    .section .text.__divmodsi4
    .global __divmodsi4
__divmodsi4:
    bit r3, 7
    bltu 1f
    bit r7, 7
    bgeu __udivmodsi4
    call 8f                 ; + / -
    call __udivmodsi4
    jmp 7f
1:  call 7f
    bit r7, 7
    bltu 2f
    call __udivmodsi4       ; - / +
    call 8f
    jmp 7f
2:  call 8f                 ; - / -
    call __udivmodsi4
    jmp 8f
7:  notw w1                 ; negates w1:w0
    negw w0
    bne 6f
    addiw w1, 1
6:  ret
8:  notw w3                 ; negates w3:w2
    negw w2
    bne 6b
    addiw w3, 1
    ret
