#ifndef UNITS_H
#define UNITS_H
#define LIMIT (3 * FACTOR)
#define FACTOR 7
struct shape {
  int width, height;
  const char *name;
};
extern int other_counter;
extern int shared_table[];
extern int tentative_here;
extern const char *names[];
extern const int names_count;
extern long later_defined;
int other_bump(void);
const char *other_name(void);
int area(const struct shape *);
struct shape scaled(struct shape, int);
int sum_table(void);
int uses_call_back(int);
int call_back(int (*)(int), int);
static inline int header_helper(int x) { return x * 2; }
#endif
