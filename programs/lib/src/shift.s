; Shifts of 32 bits by r4: whole bytes first, then bit by bit. w1:w0 is the value.

    .section .text.__ashlsi3
    .global __ashlsi3
__ashlsi3:
    cmpi r4, 32
    bltu 1f
    ldiw w0, 0
    ldiw w1, 0
    ret
4:  mov r3, r2
    mov r2, r1
    mov r1, r0
    ldi r0, 0
    addi r4, -8
1:  cmpi r4, 8
    bgeu 4b
    cmpi r4, 0
    beq 3f
2:  shlw w0, 1
    rlcw w1
    addi r4, -1
    bne 2b
3:  ret

    .section .text.__lshrsi3
    .global __lshrsi3
__lshrsi3:
    cmpi r4, 32
    bltu 1f
    ldiw w0, 0
    ldiw w1, 0
    ret
4:  mov r0, r1
    mov r1, r2
    zxt w1, r3
    addi r4, -8
1:  cmpi r4, 8
    bgeu 4b
    cmpi r4, 0
    beq 3f
2:  shrw w1, 1
    rrcw w0
    addi r4, -1
    bne 2b
3:  ret

    .section .text.__ashrsi3
    .global __ashrsi3
__ashrsi3:
    cmpi r4, 32
    bltu 1f
    ldi r4, 31
    jmp 1f
4:  mov r0, r1
    mov r1, r2
    sxt w1, r3
    addi r4, -8
1:  cmpi r4, 8
    bgeu 4b
    cmpi r4, 0
    beq 3f
2:  sarw w1, 1
    rrcw w0
    addi r4, -1
    bne 2b
3:  ret
