// A message there and back between two processes, the caller blocking: what the machine itself takes for a round trip.
// Usage: ping-pong socket|futex COUNT WARM-UP
#define _GNU_SOURCE
#include <linux/futex.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 32 };

typedef struct { _Atomic unsigned turn; char bytes[SIZE]; } letter;

static int sockets[2];
static letter *there, *back;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static void post(letter *to) {
    atomic_fetch_add(&to->turn, 1);
    syscall(SYS_futex, &to->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void await(letter *from, unsigned seen) {
    while (atomic_load(&from->turn) == seen)
        syscall(SYS_futex, &from->turn, FUTEX_WAIT, seen, NULL, NULL, 0);
}

static void transfer(int out, int socket, char *message) {
    for (ssize_t done = 0, part; done < SIZE; done += part)
        if ((part = out ? write(socket, message + done, SIZE - done) : read(socket, message + done, SIZE - done)) <= 0)
            _exit(0);
}

static void answer_by_socket(void) {
    char message[SIZE];
    for (;;) {
        transfer(0, sockets[1], message);
        transfer(1, sockets[1], message);
    }
}

static void answer_by_futex(void) {
    for (unsigned seen = 0;; seen++) {
        await(there, seen);
        memcpy(back->bytes, there->bytes, SIZE);
        post(back);
    }
}

static void ask_by_socket(char *message) {
    transfer(1, sockets[0], message);
    transfer(0, sockets[0], message);
}

static void ask_by_futex(char *message) {
    unsigned seen = atomic_load(&back->turn);
    memcpy(there->bytes, message, SIZE);
    post(there);
    await(back, seen);
    memcpy(message, back->bytes, SIZE);
}

static int ascending(const void *a, const void *b) { return (*(double *)a > *(double *)b) - (*(double *)a < *(double *)b); }

int main(int argc, char **argv) {
    if (argc != 4)
        return 2;
    int futex = strcmp(argv[1], "futex") == 0, count = atoi(argv[2]), warm = atoi(argv[3]);
    letter *both = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    there = both, back = (letter *)((char *)both + 256);
    if (both == MAP_FAILED || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) != 0)
        return 1;
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        futex ? answer_by_futex() : answer_by_socket();
    }

    double *times = malloc(count * sizeof(double));
    char message[SIZE] = "ping";
    for (int i = -warm; i < count; i++) {
        double start = now();
        futex ? ask_by_futex(message) : ask_by_socket(message);
        if (i >= 0)
            times[i] = now() - start;
    }

    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    qsort(times, count, sizeof(double), ascending);
    printf("round-trip\t%.3f\np99\t%.3f\n", times[count / 2], times[(long)count * 99 / 100]);
    return 0;
}
