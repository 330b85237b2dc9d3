/** C's binary operators from the weakest binding to the strongest (C11 6.5.5 to 6.5.14); those of one row go from left to right. */
export const BINARY_OPERATORS = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
] as const;
