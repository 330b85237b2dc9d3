/* <errno.h>: the number of the last error of a library function. */
#ifndef _ERRNO_H
#define _ERRNO_H

extern int errno;
#define ENOMEM 12
#define EDOM 33
#define ERANGE 34
#define EINVAL 22

#endif
