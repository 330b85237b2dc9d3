/* Number of ways to put six queens on a 6 x 6 board. */
static unsigned char column[6], rising[11], falling[11];
static unsigned place(unsigned char row) {
  unsigned count = 0;
  unsigned char c;
  if (row == 6) return 1;
  for (c = 0; c < 6; c++) {
    if (column[c] || rising[row + c] || falling[row + 5 - c]) continue;
    column[c] = rising[row + c] = falling[row + 5 - c] = 1;
    count += place((unsigned char)(row + 1));
    column[c] = rising[row + c] = falling[row + 5 - c] = 0;
  }
  return count;
}
unsigned kernel(void) { return place(0); }
