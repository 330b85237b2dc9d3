/** The lessons, in order. Each is checked by running the learner's program on the machine. */
import { formatInteger, formatPercent, formatTime } from '../format';
import { type Lesson, wrote } from './lesson';

const ROWS = `#include <stdio.h>

#define SIZE 64

static unsigned char cells[SIZE][SIZE];

int main(void) {
  unsigned sum = 0;
  for (unsigned char i = 0; i < SIZE; i++)
    for (unsigned char j = 0; j < SIZE; j++) cells[i][j] = i ^ j;

  for (int pass = 0; pass < 4; pass++)
    for (unsigned char i = 0; i < SIZE; i++)
      for (unsigned char j = 0; j < SIZE; j++) sum += cells[WALK];
  printf("%u\\n", sum);
  return 0;
}
`;

const DISK = `#include <disk.h>
#include <stdio.h>

#define BLOCKS 24

static unsigned char block[DISK_BLOCK];

int main(void) {
  unsigned char read = 0;
  for (unsigned i = 0; i < BLOCKS; i++) {
    unsigned long lba = PLACE;
    if (disk_read(HDD0, lba, block, 1) == 0) read++;
  }
  printf("%d blocks\\n", read);
  return 0;
}
`;

const PRIMES = `#include <stdio.h>

int main(void) {
  int count = 0;
  for (int n = 2; n < 200; n++) {
    int prime = 1;
    for (int d = 2; LIMIT; d++)
      if (n % d == 0) prime = 0;
    count += prime;
  }
  printf("%d primes\\n", count);
  return 0;
}
`;

export const LESSONS: readonly Lesson[] = [
  {
    id: 'first',
    title: 'A program, and what becomes of it',
    text: [
      'A computer knows only numbers. What you write as text is turned into numbers step by step: characters become tokens, tokens a tree, the tree simple operations, and those the instructions of the machine.',
      '`printf` writes to the console. `%d` in its text stands for a number that is given after it.',
    ],
    task: 'Write the sum of the numbers from 1 to 100, and nothing else. Let the machine add them up.',
    hint: 'A loop: for (int i = 1; i <= 100; i++) adds i to a variable that begins at 0.',
    level: 'O1',
    start: `#include <stdio.h>

int main(void) {
  printf("%d\\n", 1 + 2 + 3);
  return 0;
}
`,
    solution: `#include <stdio.h>

int main(void) {
  int sum = 0;
  for (int i = 1; i <= 100; i++) sum += i;
  printf("%d\\n", sum);
  return 0;
}
`,
    check: (run) =>
      wrote(run, '5050') ??
      (/5050/.test(run.source) ? 'Right, but the machine should add them up, not you.' : undefined),
  },
  {
    id: 'bytes',
    title: 'A byte is a small world',
    text: [
      'An `unsigned char` has 8 bits: it counts from 0 to 255 and then begins again at 0. Nothing complains: the carry falls off at the top.',
      'This loop means to go to 300. Run it, and see that it does not come to an end. Watch the register that holds `i` on the bench: it goes round and round.',
    ],
    task: 'Make the loop end, so that the program writes 300.',
    hint: 'Give i a type with 16 bits: int, or unsigned.',
    level: 'O1',
    start: `#include <stdio.h>

int main(void) {
  unsigned count = 0;
  for (unsigned char i = 0; i < 300; i++) count++;
  printf("%u\\n", count);
  return 0;
}
`,
    solution: `#include <stdio.h>

int main(void) {
  unsigned count = 0;
  for (unsigned i = 0; i < 300; i++) count++;
  printf("%u\\n", count);
  return 0;
}
`,
    check: (run) => wrote(run, '300'),
  },
  {
    id: 'pointers',
    title: 'A pointer is an address',
    text: [
      'A function is given copies of its arguments: what it does to them, nobody else sees. To change a variable of its caller it needs the place where the variable lives: its address, a pointer.',
      '`&x` is the address of `x`; `*p` is what lies at the address `p`.',
    ],
    task: 'Make swap exchange the two variables of main, so that the program writes 2 1.',
    hint: 'swap takes int *a and int *b, and is called with &x and &y.',
    level: 'O1',
    start: `#include <stdio.h>

static void swap(int a, int b) {
  int old = a;
  a = b;
  b = old;
}

int main(void) {
  int x = 1, y = 2;
  swap(x, y);
  printf("%d %d\\n", x, y);
  return 0;
}
`,
    solution: `#include <stdio.h>

static void swap(int *a, int *b) {
  int old = *a;
  *a = *b;
  *b = old;
}

int main(void) {
  int x = 1, y = 2;
  swap(&x, &y);
  printf("%d %d\\n", x, y);
  return 0;
}
`,
    check: (run) =>
      wrote(run, '2 1') ??
      (/swap\s*\(\s*&/.test(run.source) ? undefined : 'Right, but let swap do it, through pointers.'),
  },
  {
    id: 'strings',
    title: 'Where a string ends',
    text: [
      'A string is a row of bytes in memory, one a character, and a byte with the value 0 at its end. Nothing else says how long it is.',
      'Look at the memory of the machine on the bench: the characters stand there, and behind them 00.',
    ],
    task: 'Finish length, without the help of strlen, so that the program writes 11 0.',
    hint: 'Count while text[n] is not 0.',
    level: 'O1',
    start: `#include <stdio.h>

static int length(const char *text) {
  return 0;
}

int main(void) {
  printf("%d %d\\n", length("eight bits!"), length(""));
  return 0;
}
`,
    solution: `#include <stdio.h>

static int length(const char *text) {
  int n = 0;
  while (text[n] != 0) n++;
  return n;
}

int main(void) {
  printf("%d %d\\n", length("eight bits!"), length(""));
  return 0;
}
`,
    check: (run) => wrote(run, '11 0') ?? (/strlen/.test(run.source) ? 'Right, but without strlen.' : undefined),
  },
  {
    id: 'recursion',
    title: 'The stack grows and shrinks',
    text: [
      'A function may call itself. Each call has a frame of its own on the stack: its return address and its variables. When it returns, the frame is gone.',
      'To move a tower of n discs, move n - 1 discs out of the way, then the largest, then the n - 1 discs on top of it.',
    ],
    task: 'Let moves count how many moves a tower of 10 discs takes: the program writes 1023.',
    hint: 'With no disc it takes 0 moves; else 2 * moves(discs - 1) + 1.',
    level: 'O1',
    start: `#include <stdio.h>

static int moves(int discs) {
  return discs;
}

int main(void) {
  printf("%d\\n", moves(10));
  return 0;
}
`,
    solution: `#include <stdio.h>

static int moves(int discs) {
  if (discs == 0) return 0;
  return 2 * moves(discs - 1) + 1;
}

int main(void) {
  printf("%d\\n", moves(10));
  return 0;
}
`,
    check: (run) => wrote(run, '1023'),
  },
  {
    id: 'work',
    title: 'The fastest work is none',
    text: [
      'Before anybody makes a machine faster, somebody should ask whether it does too much. This program divides every number by every smaller one. Division is slow, and most of it is for nothing: a divisor above the square root has a partner below it.',
      'The ledger under the bench books every nanosecond. Here nearly all of it is `compute`.',
    ],
    task: 'Write the same number of primes with less than a third of the cycles.',
    hint: 'The inner loop may end when d * d > n, and also when a divisor was found.',
    level: 'O1',
    start: PRIMES.replace('LIMIT', 'd < n'),
    solution: PRIMES.replace('LIMIT', 'd * d <= n && prime'),
    check: (run, given) =>
      wrote(run, '46 primes') ??
      (run.cycles < given.cycles / 3
        ? undefined
        : `It took ${formatInteger(run.cycles)} cycles; wanted: fewer than ${formatInteger(given.cycles / 3)}.`),
  },
  {
    id: 'caches',
    title: 'Neighbours are cheap',
    text: [
      'The first-level cache has 1 KiB. When a byte is missing there, the whole line around it is fetched, 32 bytes. Who goes along the row finds the next 31 bytes waiting; who goes down a column needs another line for each byte, and by the time they come back, the line is gone.',
      'Look at the bars at the end of the lines on the bench, and at the hit rate of L1D.',
    ],
    task: 'Add up the same numbers with at least 90 % hits in L1D.',
    hint: 'Let the inner loop go along a row: the last index should be the one that changes fastest.',
    level: 'O1',
    start: ROWS.replace('[WALK]', '[j][i]'),
    solution: ROWS.replace('[WALK]', '[i][j]'),
    check: (run) =>
      wrote(run, ROWS_SUM) ??
      (run.l1dHitRate >= 0.9 ? undefined : `L1D had ${formatPercent(run.l1dHitRate)} hits; wanted: 90 % or more.`),
  },
  {
    id: 'disk',
    title: 'A disk likes to go on',
    text: [
      'A hard disk has one arm, and its platters turn 120 times a second. To read a block, the arm has to find the track and then wait until the block comes round: milliseconds, millions of cycles. The block after it comes for nearly nothing.',
      'Turn on human time on the bench: if a cycle were a second, a jump of the arm would take months.',
    ],
    task: 'Read the 24 blocks in less than a fifth of the time: choose blocks that lie one behind the other.',
    hint: 'Any 24 blocks will do: take the numbers 0, 1, 2 and so on.',
    level: 'O1',
    start: DISK.replace('PLACE', '(unsigned long)i * 40009 % 1000003'),
    solution: DISK.replace('PLACE', 'i'),
    check: (run, given) =>
      wrote(run, '24 blocks') ??
      (run.timeNs < given.timeNs / 5
        ? undefined
        : `It took ${formatTime(run.timeNs)}; wanted: less than ${formatTime(given.timeNs / 5)}.`),
  },
];

/** Of i ^ j over all cells, four times, modulo 65536. */
const ROWS_SUM = '57344';
