; Reads the machine's clocks. Reading byte 0 of a counter freezes the others, so that the four bytes belong together.
    .section .text.cycles
    .global cycles
cycles:
    in r0, 0x20
    in r1, 0x21
    in r2, 0x22
    in r3, 0x23
    ret

    .section .text.nanos
    .global nanos
nanos:
    in r0, 0x28
    in r1, 0x29
    in r2, 0x2a
    in r3, 0x2b
    ret

; unsigned long counter(unsigned char number)
    .section .text.counter
    .global counter
counter:
    out 0x30, r0
    in r0, 0x34
    in r1, 0x35
    in r2, 0x36
    in r3, 0x37
    ret
