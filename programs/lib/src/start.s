; Where a program starts: the loader has put code, constants and variables in their places, zeroed the rest and set SP.
    .section .text._start
    .global _start
_start:
    call main
    halt r0                 ; the low byte of main's result is the exit code
