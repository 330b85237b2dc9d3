/** The main function of a kernel's program: calls it for ever. */
export const KERNEL_MAIN = '#include <stdint.h>\nuint16_t kernel(void);\nint main(void) { for (;;) kernel(); }\n';
