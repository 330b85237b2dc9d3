// title: Eight queens
// group: algorithms
// Backtracking with bit sets: a byte says which columns and diagonals are taken, which suits a machine of 8-bit registers.
// expect: Q.......
// expect: ....Q...
// expect: .......Q
// expect: .....Q..
// expect: ..Q.....
// expect: ......Q.
// expect: .Q......
// expect: ...Q....
// expect: 92 solutions
#include <stdio.h>

typedef unsigned char u8;

static u8 at[8];
static u8 solutions;

static void show(void) {
  for (u8 row = 0; row < 8; row++) {
    for (u8 column = 0; column < 8; column++) putchar(at[row] == column ? 'Q' : '.');
    putchar('\n');
  }
}

static void place(u8 row, u8 columns, unsigned left, unsigned right) {
  if (row == 8) {
    if (solutions++ == 0) show();
    return;
  }
  for (u8 column = 0; column < 8; column++) {
    u8 bit = 1 << column;
    if ((columns | left | right) & bit) continue;
    at[row] = column;
    place(row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1);
  }
}

int main(void) {
  place(0, 0, 0, 0);
  printf("%u solutions\n", solutions);
  return 0;
}
