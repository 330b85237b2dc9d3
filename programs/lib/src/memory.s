; Blocks of memory. Eight bytes a round through pairs, then the rest byte by byte.
; w0 to, w1 from or value, w2 count; the result is w0.

    .section .text.memcpy
    .global memcpy, __memcpy
memcpy:
__memcpy:
    pushw w0
    movw w3, w0
    addiw w2, -8
    bgeu 2f                 ; fewer than eight
1:  ldw w0, [w1+]
    stw [w3+], w0
    ldw w0, [w1+]
    stw [w3+], w0
    ldw w0, [w1+]
    stw [w3+], w0
    ldw w0, [w1+]
    stw [w3+], w0
    addiw w2, -8
    bltu 1b                 ; carry: there were eight more
2:  addi r4, 8              ; 0 to 7 are left
    beq 4f
3:  ld r0, [w1+]
    st [w3+], r0
    addi r4, -1
    bne 3b
4:  popw w0
    ret

; Copies upwards when the target lies below the source, downwards otherwise.
    .section .text.memmove
    .global memmove
memmove:
    cmpw w0, w1
    bltu memcpy
    pushw w0
    addw w0, w2             ; behind both blocks
    addw w1, w2
    movw w3, w0
    shrw w2, 1
    bgeu 1f                 ; an odd byte first
    ld r0, [-w1]
    st [-w3], r0
1:  cmpiw w2, 0
    beq 3f
2:  ldw w0, [-w1]
    stw [-w3], w0
    addiw w2, -1
    bne 2b
3:  popw w0
    ret

    .section .text.memset
    .global memset, __memset
memset:
__memset:
    mov r3, r2
    movw w3, w0
    addiw w2, -8
    bgeu 2f
1:  stw [w3+], w1
    stw [w3+], w1
    stw [w3+], w1
    stw [w3+], w1
    addiw w2, -8
    bltu 1b
2:  addi r4, 8
    beq 4f
3:  st [w3+], r2
    addi r4, -1
    bne 3b
4:  ret
