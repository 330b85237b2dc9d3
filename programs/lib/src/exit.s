; Ways to end a program.
    .section .text.exit
    .global exit, _Exit
exit:
_Exit:
    halt r0

    .section .text.abort
    .global abort
abort:
    trap 7
