// title: Binary search tree
// group: algorithms
// Words go into a tree and come out in order. Recursion over pointers: the call stack is the path from the root.
// expect: apple 1
// expect: banana 3
// expect: cherry 1
// expect: fig 1
// expect: grape 1
// expect: kiwi 2
// expect: mango 1
// expect: plum 1
// expect: 8 words, depth 4
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
  const char *word;
  unsigned count;
  struct node *left, *right;
};

static struct node *add(struct node *node, const char *word) {
  int order;
  if (!node) {
    node = calloc(1, sizeof *node);
    if (!node) abort();
    node->word = word;
    node->count = 1;
    return node;
  }
  order = strcmp(word, node->word);
  if (order == 0) node->count++;
  else if (order < 0) node->left = add(node->left, word);
  else node->right = add(node->right, word);
  return node;
}

static int show(const struct node *node) {
  if (!node) return 0;
  int count = show(node->left);
  printf("%s %u\n", node->word, node->count);
  return count + 1 + show(node->right);
}

static int depth(const struct node *node) {
  if (!node) return 0;
  int left = depth(node->left);
  int right = depth(node->right);
  return 1 + (left > right ? left : right);
}

int main(void) {
  static const char *const words[] = {"grape", "banana", "mango",  "apple",  "cherry", "banana",
                                      "kiwi",  "plum",   "banana", "kiwi", "fig"};
  struct node *root = NULL;
  for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) root = add(root, words[i]);
  int count = show(root);
  printf("%d words, depth %d\n", count, depth(root));
  return 0;
}
