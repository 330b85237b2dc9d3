; Where a program starts: the loader has put code, constants and variables in their places and zeroed the rest.
    .section .text._start
    .global _start
_start:
    ldiw w0, 0xf000         ; the stack grows down from the screen's memory
    setsp w0
    call main
    halt r0                 ; the low byte of main's result is the exit code
