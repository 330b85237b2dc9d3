; The string functions that programs call most.

    .section .text.strlen
    .global strlen
strlen:
    movw w1, w0
1:  ld r4, [w1+]
    cmpi r4, 0
    bne 1b
    addiw w1, -1
    subw w1, w0
    movw w0, w1
    ret

    .section .text.strcpy
    .global strcpy
strcpy:
    movw w2, w0
1:  ld r6, [w1+]
    st [w2+], r6
    cmpi r6, 0
    bne 1b
    ret

; Negative, zero or positive: the difference of the first bytes that differ.
    .section .text.strcmp
    .global strcmp
strcmp:
1:  ld r4, [w0+]
    ld r5, [w1+]
    cmp r4, r5
    bne 2f
    cmpi r4, 0
    bne 1b
2:  zxt w0, r4
    zxt w1, r5
    subw w0, w1
    ret
