// Arrays of any rank: layout, indexing, as parameters, pointers into them, of structs, of arrays of pointers, sizeof.
#include <stdio.h>
#include <string.h>

static int cube[2][3][4];
static char names[3][8] = {"ab", "cdefg", ""};
static long table[4][4];
static int sum2(int m[][3], int n) { int s = 0; for (int i = 0; i < n; i++) for (int j = 0; j < 3; j++) s += m[i][j]; return s; }
static int sum3(int c[2][3][4]) { int s = 0; for (int i = 0; i < 2; i++) for (int j = 0; j < 3; j++) for (int k = 0; k < 4; k++) s += c[i][j][k]; return s; }
static void fill(int *p, int n, int from) { while (n--) *p++ = from++; }
static void transpose(int to[3][2], int from[2][3]) { for (int i = 0; i < 2; i++) for (int j = 0; j < 3; j++) to[j][i] = from[i][j]; }
static unsigned size(char s[100]) { return sizeof s; }
static int last(int n, const int a[n]) { return a[n - 1]; }
static int (*row(int m[][4], int i))[4] { return &m[i]; }
struct board { unsigned char cells[8][8]; int moves[4]; };
static int count(struct board b) { int n = 0; for (int i = 0; i < 8; i++) for (int j = 0; j < 8; j++) n += b.cells[i][j]; return n; }

int main(void) {
  fill(&cube[0][0][0], 24, 1);
  printf("%d %d %d %d\n", cube[1][2][3], cube[0][1][0], sum3(cube), cube[1][0][0]);
  printf("%u %u %u %u\n", (unsigned)sizeof cube, (unsigned)sizeof cube[0], (unsigned)sizeof cube[0][0], (unsigned)sizeof cube[0][0][0]);
  int m[2][3] = {{1, 2, 3}, {4, 5, 6}}, t[3][2];
  transpose(t, m);
  printf("%d %d %d %d\n", t[0][1], t[2][0], sum2(m, 2), sum2(m, 1));
  int (*p)[3] = m;
  printf("%d %d %d\n", (*p)[1], p[1][2], *(*(p + 1) + 1));
  p++;
  printf("%d %d\n", **p, (int)(p - m));
  int (*q)[3][4] = cube;
  printf("%d %d\n", q[1][2][3], (*(q + 1))[1][1]);
  printf("%d %d\n", (*row(cube[1], 2))[3], (int)((char *)(cube + 1) - (char *)cube));
  for (int i = 0; i < 3; i++) printf("%s:%u ", names[i], (unsigned)strlen(names[i]));
  names[2][0] = 'x';
  strcpy(names[2] + 1, "yz");
  printf("%s %c %u\n", names[2], *names[1], size(names[0]));
  for (int i = 0; i < 4; i++) for (int j = 0; j < 4; j++) table[i][j] = (long)i * 100000 + j;
  printf("%ld %ld\n", table[3][2], table[1][0] + *table[2]);
  char *words[2][2] = {{"a", "b"}, {"c", "dd"}};
  printf("%s %c\n", words[1][1], *words[0][1]);
  int *rows[2] = {m[0], m[1]};
  int **pp = rows;
  pp[1][1] = 50;
  printf("%d %d %d\n", m[1][1], *pp[0], last(3, m[1]));
  struct board b = {{{1, 0, 1}, [7] = {[7] = 1}}, {1, 2}};
  struct board c = b;
  c.cells[3][3]++;
  printf("%d %d %d\n", count(b), count(c), c.moves[1]);
  int i = 0, a[5] = {0};
  a[i++] = i, a[i] = i++ + 10;
  printf("%d %d\n", a[0], i);
  i = 1;
  a[a[i] = 2] = 7;
  printf("%d %d\n", a[1], a[2]);
  2[a]++;
  printf("%d %d\n", a[2], (&a[4])[-2]);
  unsigned char bytes[300];
  for (unsigned k = 0; k < 300; k++) bytes[k] = k;
  unsigned total = 0;
  for (unsigned k = 0; k < sizeof bytes; k++) total += bytes[k];
  printf("%u %d\n", total, bytes[299]);
  int big[10][20];
  for (int r = 9; r >= 0; --r) for (int k = 19; k >= 0; --k) big[r][k] = r * k;
  long sum = 0;
  for (int *e = &big[0][0]; e < &big[0][0] + 200; e++) sum += *e;
  printf("%ld %d\n", sum, big[9][19]);
  return 0;
}
// expect: 24 5 300 13
// expect: 48 24 8 2
// expect: 4 3 21 6
// expect: 2 6 5
// expect: 4 1
// expect: 24 18
// expect: 24 24
// expect: ab:2 cdefg:5 :0 xyz c 2
// expect: 300002 300000
// expect: dd b
// expect: 50 1 6
// expect: 3 4 2
// expect: 1 2
// expect: 2 7
// expect: 8 8
// expect: 33586 43
// expect: 8550 171
