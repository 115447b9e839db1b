// What two plain processes gain on work that computes: the same tasks one after the other in this process, then half in each of two.
// Usage: squares TASKS SIZE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile double kept;

static double sum_of_squares(int count) {
    double sum = 0, number = 0;
    for (int i = 0; i < count; i++) {
        number = sqrt(number + i);
        sum += number * number;
    }
    return sum;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void compute(int tasks, int size) {
    for (int i = 0; i < tasks; i++)
        kept = sum_of_squares(size);
}

static double serial(int tasks, int size) {
    double start = now();
    compute(tasks, size);
    return now() - start;
}

static double in_two(int tasks, int size) {
    int begin[2], end[2];
    char byte = 0;
    if (pipe(begin) != 0 || pipe(end) != 0)
        exit(1);
    for (int i = 0; i < 2; i++) {
        if (fork() == 0) {
            compute(1, size / 10);
            if (write(end[1], &byte, 1) != 1 || read(begin[0], &byte, 1) != 1)
                _exit(1);
            compute(tasks / 2, size);
            _exit(write(end[1], &byte, 1) != 1);
        }
    }
    double start = 0;
    for (int i = 0; i < 4; i++) { // both are ready; both are done
        if (read(end[0], &byte, 1) != 1)
            exit(1);
        if (i == 1) {
            start = now();
            if (write(begin[1], "go", 2) != 2)
                exit(1);
        }
    }
    double elapsed = now() - start;
    while (wait(NULL) > 0)
        ;
    close(begin[0]), close(begin[1]), close(end[0]), close(end[1]);
    return elapsed;
}

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    int tasks = atoi(argv[1]), size = atoi(argv[2]);
    compute(1, size);
    double alone = 1e9, together = 1e9, time;
    for (int i = 0; i < 3; i++) { // best of three: a neighbour on the machine can only make it slower
        alone = (time = serial(tasks, size)) < alone ? time : alone;
        together = (time = in_two(tasks, size)) < together ? time : together;
    }
    printf("speed-up\t%.4f\ntask\t%.3f\n", alone / together, alone / tasks * 1e3);
    return 0;
}
