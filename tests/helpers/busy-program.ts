/** A program in assembly that keeps all devices busy, for tests of what must hold whatever is under way. */
import type { Image } from '../../src/core/assembler/image';
import { assembled } from './assembled';

/** Timer interrupts, disk writes and reads by DMA with WAIT, console in and out, random bytes, calls, a store a turn. */
const TEXT = `
    .global _start
_start:
    ldiw w0, 0xf000
    setsp w0
    ldi r0, 0x09            ; timer and ssd0 may end WAIT
    out 0x02, r0
    ldi r0, 3
    out 0x1c, r0            ; every 3 us
    out 0x18, r0            ; run, repeat
    ei
    ldi r12, 40
turn:
    in r2, 0x0a             ; random
    st [cell], r2
    call work
    out 0x10, r2
    in r3, 0x10             ; stdin
    out 0x10, r3
    mov r4, r12
    andi r4, 3
    bne skip
    ldi r0, 3
    out 0x43, r0            ; interrupt and DMA
    mov r1, r12
    out 0x44, r1            ; lba
    ldi r0, 1
    out 0x48, r0
    ldiw w0, cell
    out 0x4a, r0
    out 0x4b, r1
    ldi r0, 2
    out 0x40, r0            ; write
busy:
    wait
    in r0, 0x41
    tsti r0, 1
    bne busy
    out 0x41, r0
skip:
    addi r12, -1
    bne turn
    ldi r0, 0
    halt r0
work:
    ldiw w1, 50
loop:
    ldw w2, [ticks]
    addiw w2, 1
    stw [sum], w2
    addiw w1, -1
    bne loop
    ret
tick:
    push r0
    pushw w2
    in r0, 0x19
    ldw w2, [ticks]
    addiw w2, 1
    stw [ticks], w2
    popw w2
    pop r0
    reti
    .section .bss
cell: .space 512
ticks: .space 2
sum: .space 2
`;

export const BUSY_INPUT = 'some input for the program';

/** With the timer's handler in its vector. */
export function busyImage(): Image {
  const image = assembled(TEXT);
  const tick = image.symbols.find((s) => s.name === 'tick');
  const vectors = new Uint8Array([tick?.address ?? 0, (tick?.address ?? 0) >> 8]);
  return {
    ...image,
    segments: [...image.segments, { name: 'vectors' as const, address: 0x10, sizeBytes: 2, bytes: vectors }],
  };
}
