/* A binary search tree: insert, then walk it recursively. */
struct node {
  unsigned key;
  struct node *left;
  struct node *right;
};
static struct node nodes[64];
static unsigned char used;
static struct node *insert(struct node *root, unsigned key) {
  struct node **at = &root;
  while (*at) {
    if (key == (*at)->key) return root;
    at = key < (*at)->key ? &(*at)->left : &(*at)->right;
  }
  *at = &nodes[used++];
  (*at)->key = key;
  (*at)->left = 0;
  (*at)->right = 0;
  return root;
}
static unsigned walk(const struct node *n, unsigned depth) {
  if (!n) return 0;
  return walk(n->left, depth + 1) + (n->key ^ depth) + walk(n->right, depth + 1);
}
unsigned kernel(void) {
  struct node *root = 0;
  unsigned seed = 99;
  unsigned char i;
  used = 0;
  for (i = 0; i < 64; i++) {
    seed = seed * 25173u + 13849u;
    root = insert(root, seed >> 4);
  }
  return walk(root, 0);
}
