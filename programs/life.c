// title: Life
// group: algorithms
// Conway's game on a torus of 16 by 16 cells. A glider moves one cell down and right every four generations.
// expect: generation 0: 5 cells
// expect: .#......
// expect: ..#.....
// expect: ###.....
// expect: ........
// expect: ........
// expect: ........
// expect: ........
// expect: ........
// expect: generation 16: 5 cells
// expect: ........
// expect: ........
// expect: ........
// expect: ........
// expect: .....#..
// expect: ......#.
// expect: ....###.
// expect: ........
#include <stdio.h>
#include <string.h>

#define SIZE 16

static unsigned char now[SIZE][SIZE];
static unsigned char next[SIZE][SIZE];

static void step(void) {
  for (unsigned char y = 0; y < SIZE; y++) {
    unsigned char up = (y - 1) & (SIZE - 1);
    unsigned char down = (y + 1) & (SIZE - 1);
    for (unsigned char x = 0; x < SIZE; x++) {
      unsigned char left = (x - 1) & (SIZE - 1);
      unsigned char right = (x + 1) & (SIZE - 1);
      unsigned char around = now[up][left] + now[up][x] + now[up][right] + now[y][left] + now[y][right] +
                             now[down][left] + now[down][x] + now[down][right];
      next[y][x] = around == 3 || (around == 2 && now[y][x]);
    }
  }
  memcpy(now, next, sizeof now);
}

static void show(int generation) {
  int count = 0;
  for (unsigned char y = 0; y < SIZE; y++)
    for (unsigned char x = 0; x < SIZE; x++) count += now[y][x];
  printf("generation %d: %d cells\n", generation, count);
  for (unsigned char y = 0; y < 8; y++) {
    for (unsigned char x = 0; x < 8; x++) putchar(now[y][x] ? '#' : '.');
    putchar('\n');
  }
}

int main(void) {
  now[0][1] = now[1][2] = now[2][0] = now[2][1] = now[2][2] = 1;
  show(0);
  for (int i = 0; i < 16; i++) step();
  show(16);
  return 0;
}
