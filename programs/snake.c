// title: Snake
// group: machine
// clock: real
// A game for the screen and the keyboard: steer with the arrow keys, eat the red squares, touch neither the wall nor yourself. Esc
// ends it. Without a player the snake runs straight into the wall. Pause it at any point and play it backwards.
// expect: score 0
#include <keys.h>
#include <machine.h>
#include <screen.h>
#include <stdio.h>
#include <stdlib.h>

#define CELLS 16 /* cells a side, 4 by 4 pixels each */
#define LONGEST 255

#define EMPTY BLACK
#define WALL GREY
#define BODY GREEN
#define HEAD YELLOW
#define FOOD RED

struct cell {
  unsigned char x, y;
};

/* A ring: the head at `front`, the tail `length` cells behind it. */
static struct cell body[LONGEST + 1];
static unsigned char front, length;
static struct cell food;

static void paint(struct cell at, unsigned char colour) { screen_fill(at.x * 4, at.y * 4, 4, 4, colour); }

static unsigned char colour_at(struct cell at) { return screen_get(at.x * 4, at.y * 4); }

static void draw_field(void) {
  screen_clear(EMPTY);
  screen_fill(0, 0, 64, 4, WALL);
  screen_fill(0, 60, 64, 4, WALL);
  screen_fill(0, 0, 4, 64, WALL);
  screen_fill(60, 0, 4, 64, WALL);
}

static void place_food(void) {
  do {
    food.x = 1 + random_byte() % (CELLS - 2);
    food.y = 1 + random_byte() % (CELLS - 2);
  } while (colour_at(food) != EMPTY);
  paint(food, FOOD);
}

/* The direction after a key; turning straight back is not possible. */
static unsigned char turn(unsigned char direction, unsigned char key) {
  switch (key) {
    case KEY_LEFT:
      return direction == KEY_RIGHT ? direction : KEY_LEFT;
    case KEY_RIGHT:
      return direction == KEY_LEFT ? direction : KEY_RIGHT;
    case KEY_UP:
      return direction == KEY_DOWN ? direction : KEY_UP;
    case KEY_DOWN:
      return direction == KEY_UP ? direction : KEY_DOWN;
    default:
      return direction;
  }
}

static int play(void) {
  unsigned char direction = KEY_RIGHT;
  unsigned char growing = 3;
  int score = 0;
  front = 0;
  length = 1;
  body[0].x = 5;
  body[0].y = 8;
  paint(body[0], HEAD);
  place_food();
  for (;;) {
    struct cell head = body[front];
    unsigned char key, ahead;
    sleep_ms(length > 40 ? 80 : 160 - 2 * length);
    while ((key = key_pressed())) {
      if (key == KEY_ESCAPE) return score;
      direction = turn(direction, key);
    }
    if (direction == KEY_LEFT) head.x--;
    else if (direction == KEY_RIGHT) head.x++;
    else if (direction == KEY_UP) head.y--;
    else head.y++;
    if (growing) {
      growing--;
      length++;
    } else {
      paint(body[(unsigned char)(front - length + 1)], EMPTY);
    }
    ahead = colour_at(head);
    if (ahead != EMPTY && ahead != FOOD) return score;
    paint(body[front], BODY);
    body[++front] = head;
    paint(head, HEAD);
    if (ahead == FOOD) {
      score++;
      if (length < LONGEST - 4) growing += 2;
      place_food();
    }
  }
}

int main(void) {
  char text[12];
  int score;
  draw_field();
  score = play();
  sprintf(text, "SCORE %d", score);
  screen_text(16, 29, text, WHITE);
  printf("score %d\n", score);
  return 0;
}
