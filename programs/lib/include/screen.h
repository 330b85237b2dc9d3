/* <screen.h>: the pixel screen, 64 by 64 bytes at the top of memory. A byte is a colour: 3 bits red, 3 green, 2 blue. */
#ifndef _SCREEN_H
#define _SCREEN_H

#define SCREEN ((unsigned char *)0xf000)
#define SCREEN_WIDTH 64
#define SCREEN_HEIGHT 64
/* A colour from red and green 0 to 7 and blue 0 to 3. */
#define RGB(red, green, blue) ((unsigned char)((red) << 5 | (green) << 2 | (blue)))
#define BLACK 0x00
#define WHITE 0xff
#define RED 0xe0
#define GREEN 0x1c
#define BLUE 0x03
#define YELLOW 0xfc
#define CYAN 0x1f
#define MAGENTA 0xe3
#define GREY 0x92

/* Pixels outside the screen are left out. */
void screen_clear(unsigned char colour);
void screen_set(unsigned char x, unsigned char y, unsigned char colour);
unsigned char screen_get(unsigned char x, unsigned char y);
void screen_fill(unsigned char x, unsigned char y, unsigned char width, unsigned char height, unsigned char colour);
void screen_line(int x0, int y0, int x1, int y1, unsigned char colour);
/* Text in characters of 3 by 5 pixels, one pixel apart; returns the x behind it. Letters are capitals. */
unsigned char screen_text(unsigned char x, unsigned char y, const char *text, unsigned char colour);

#endif
