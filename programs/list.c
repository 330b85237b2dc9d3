// title: Linked list
// group: algorithms
// Nodes from the heap, chained in order of their values. In the memory view, follow the pointers from node to node: each is two bytes,
// low byte first. At the end all is given back, and the heap is as large as before.
// expect: 3 8 17 23 42 64 99
// expect: without 23 and 3: 8 17 42 64 99
// expect: reversed: 99 64 42 17 8
// expect: the heap is empty again: yes
#include <stdio.h>
#include <stdlib.h>

struct node {
  int value;
  struct node *next;
};

static void insert(struct node **link, int value) {
  struct node *node = malloc(sizeof *node);
  if (!node) abort();
  while (*link && (*link)->value < value) link = &(*link)->next;
  node->value = value;
  node->next = *link;
  *link = node;
}

static void take_out(struct node **link, int value) {
  for (; *link; link = &(*link)->next) {
    if ((*link)->value == value) {
      struct node *gone = *link;
      *link = gone->next;
      free(gone);
      return;
    }
  }
}

static struct node *reverse(struct node *list) {
  struct node *done = NULL;
  while (list) {
    struct node *next = list->next;
    list->next = done;
    done = list;
    list = next;
  }
  return done;
}

static void show(const struct node *list) {
  for (; list; list = list->next) printf(list->next ? "%d " : "%d\n", list->value);
}

int main(void) {
  static const int values[] = {42, 8, 99, 23, 3, 64, 17};
  struct node *list = NULL;
  void *before = malloc(1);
  void *after;
  free(before);
  for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) insert(&list, values[i]);
  show(list);
  take_out(&list, 23);
  take_out(&list, 3);
  take_out(&list, 1000);
  printf("without 23 and 3: ");
  show(list);
  list = reverse(list);
  printf("reversed: ");
  show(list);
  while (list) {
    struct node *next = list->next;
    free(list);
    list = next;
  }
  after = malloc(1);
  printf("the heap is empty again: %s\n", before == after ? "yes" : "no");
  return 0;
}
