// workload: one named process of a scenario, step by step.
//
//   workload SCRIPT OUTPUT_PORT
//
// SCRIPT (tests/lab/steps.py writes it) holds settings, then steps, one a line, numbers as NAME=VALUE:
//   name leaky               its comm
//   oom_score_adj -300
//   cgroup batch/ctr         a group that exists
//   cpu 1                    runs there only, so that its memory is local to that CPU's node
//   sleep seconds=5
//   anon mib=200 mib_per_s=8 random_pct=12 huge=0 locked=0     allocate and fill; 0 MiB/s: at once
//   touch seconds=30 mib=0 mib_per_s=0 random=0   write to what is held, again and again; 0 MiB: all of it;
//                            at random all pages are wanted alike, and the kernel finds them in use
//   free mib=0                            the newest first; 0: all of it
//   burst mib=16 count=40 gap_s=0.5       allocate at once, free, wait
//   jitter mib=100 mib_per_s=20 seconds=50 seed=7   random sizes come and go, at most MiB held
//   shm mib=50 mib_per_s=10               pages of tmpfs that no process maps
//   read file=data mib=100 mib_per_s=0 seconds=40   the first MiB of a file, again and again
//   mapped file=data mib=100 seconds=40 random=0 text=0    the same through mmap: page faults, not read();
//                            at random all pages are wanted alike, and none is read ahead; as a program's
//                            text (PROT_EXEC) the kernel takes them for its working set at once
//   write file=out mib=100 mib_per_s=0 seconds=40 sync=0 anew=0   dirty pages, again and again; anew: each
//                            pass empties the file first, so that its pages are freed and allocated again
//   run COMMAND              a shell command in the root image; its output goes to OUTPUT_PORT
// Without seconds, read, mapped and write pass once. It ends after its last step.
#define _GNU_SOURCE
#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MIB 1048576L
#define PAGE 4096L
#define HUGE (2 * MIB)
#define CHUNK (MIB / 4)
#define BLOCKS_MAX 65536

static struct { char *start; long bytes; } blocks[BLOCKS_MAX];
static int block_count;
static uint64_t state = 88172645463325252ULL;
static char buffer[CHUNK];
static const char *output_port = "";

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void sleep_s(double seconds) {
    if (seconds <= 0) return;
    struct timespec t = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
    nanosleep(&t, 0);
}

// Sleeps until `bytes` are due at the rate; a rate of 0 knows no waiting.
static void pace(double start_s, double bytes, double mib_per_s) {
    if (mib_per_s > 0) sleep_s(start_s + bytes / MIB / mib_per_s - now());
}

static uint64_t draw(void) {  // xorshift64
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static double draw_share(void) { return (draw() >> 11) / 9007199254740992.0; }

// A step's number; `otherwise` where the line does not give it.
static double number(const char *line, const char *name, double otherwise) {
    char key[40];
    snprintf(key, sizeof key, " %s=", name);
    const char *found = strstr(line, key);
    return found ? atof(found + strlen(key)) : otherwise;
}

static void path_of(const char *line, char *path, size_t size) {
    char name[64] = "data";
    const char *found = strstr(line, " file=");
    if (found) sscanf(found, " file=%63s", name);
    snprintf(path, size, "/mnt/%s", name);
}

// Touches every page; random words at its start decide how well zram can compress it.
static void fill(char *start, long bytes, double random_pct) {
    long words = (long)(PAGE / 8 * random_pct / 100);
    for (long i = 0; i < bytes; i += PAGE) {
        uint64_t *page = (uint64_t *)(start + i);
        page[0] = draw();
        for (long k = 1; k < words; k++) page[k] = draw();
    }
}

static char *map(long bytes, int huge) {
    long slack = huge ? HUGE : 0;
    char *start = mmap(0, bytes + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) return 0;
    if (huge) {  // aligned, and without the slack, so that neighbours can merge
        char *aligned = (char *)(((uintptr_t)start + HUGE - 1) & ~(uintptr_t)(HUGE - 1));
        if (aligned > start) munmap(start, aligned - start);
        if (aligned < start + slack) munmap(aligned + bytes, start + slack - aligned);
        start = aligned;
    }
    madvise(start, bytes, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    return start;
}

static int hold(char *start, long bytes) {
    if (!start || block_count == BLOCKS_MAX) return 0;
    blocks[block_count].start = start;
    blocks[block_count++].bytes = bytes;
    return 1;
}

static void anon(const char *line) {
    double rate = number(line, "mib_per_s", 0), random_pct = number(line, "random_pct", 12), start_s = now();
    int huge = number(line, "huge", 0) > 0, locked = number(line, "locked", 0) > 0;
    long wanted = (long)(number(line, "mib", 0) * MIB), chunk = huge ? HUGE : CHUNK;
    for (long done = 0; done < wanted; done += chunk) {
        char *start = map(chunk, huge);
        if (!hold(start, chunk)) { fprintf(stderr, "lab: no more address space\n"); return; }
        fill(start, chunk, random_pct);
        if (locked) mlock(start, chunk);
        pace(start_s, done + chunk, rate);
    }
}

static void touch_at_random(double seconds, double start_s) {
    while (block_count && now() - start_s < seconds) {
        int i = (int)(draw_share() * block_count);
        blocks[i].start[(long)(draw_share() * blocks[i].bytes)]++;
    }
}

static void touch(const char *line) {
    double seconds = number(line, "seconds", 0), rate = number(line, "mib_per_s", 0), start_s = now();
    if (number(line, "random", 0) > 0) { touch_at_random(seconds, start_s); return; }
    long wanted = (long)(number(line, "mib", 0) * MIB), total = 0;
    while (block_count && now() - start_s < seconds) {
        long done = 0;
        for (int i = 0; i < block_count && now() - start_s < seconds && (!wanted || done < wanted); i++) {
            for (long k = 0; k < blocks[i].bytes; k += PAGE) blocks[i].start[k]++;
            done += blocks[i].bytes;
            pace(start_s, total + done, rate);
        }
        total += done;
    }
}

static void release(const char *line) {
    long wanted = (long)(number(line, "mib", 0) * MIB), done = 0;
    while (block_count && (!wanted || done < wanted)) {
        block_count--;
        munmap(blocks[block_count].start, blocks[block_count].bytes);
        done += blocks[block_count].bytes;
    }
}

static void burst(const char *line) {
    long bytes = (long)(number(line, "mib", 0) * MIB);
    for (int i = 0; i < (int)number(line, "count", 1); i++) {
        char *start = map(bytes, 0);
        if (start) { fill(start, bytes, 12); munmap(start, bytes); }
        sleep_s(number(line, "gap_s", 0));
    }
}

static double drop_one(void) {
    int victim = (int)(draw_share() * block_count);
    double bytes = blocks[victim].bytes;
    munmap(blocks[victim].start, blocks[victim].bytes);
    blocks[victim] = blocks[--block_count];
    return bytes;
}

static void jitter(const char *line) {
    double most = number(line, "mib", 0) * MIB, rate = number(line, "mib_per_s", 10), start_s = now();
    double seconds = number(line, "seconds", 0), held = 0, done = 0;
    state ^= (uint64_t)(number(line, "seed", 1) * 2654435761.0) + 1;
    for (int i = 0; i < 16; i++) draw();
    while (now() - start_s < seconds) {
        double mib = fmin(fmax(-log(1 - draw_share()) * rate * 0.2, 0.01), 64);
        long bytes = ((long)(mib * MIB) + PAGE - 1) & ~(PAGE - 1);
        while (block_count && (held + bytes > most || draw_share() < 0.35)) held -= drop_one();
        char *start = map(bytes, 0);
        if (hold(start, bytes)) { fill(start, bytes, 12); held += bytes; }
        done += bytes;
        pace(start_s, done, rate);
    }
}

static void shm(const char *line) {
    double rate = number(line, "mib_per_s", 0), start_s = now();
    int fd = memfd_create("shm", MFD_CLOEXEC);
    for (double done = 0; done < number(line, "mib", 0) * MIB; done += CHUNK) {
        fill(buffer, CHUNK, 12);
        if (write(fd, buffer, CHUNK) <= 0) { perror("lab: shm"); return; }
        pace(start_s, done + CHUNK, rate);
    }
}

// read and write: passes over the first MiB of a file until the seconds are over.
static void stream(const char *line, int writes) {
    char path[128];
    path_of(line, path, sizeof path);
    double size = number(line, "mib", 0) * MIB, rate = number(line, "mib_per_s", 0);
    double seconds = number(line, "seconds", 0), start_s = now(), total = 0;
    int syncs = number(line, "sync", 0) > 0, anew = writes && number(line, "anew", 0) > 0;
    int fd = open(path, writes ? O_WRONLY | O_CREAT : O_RDONLY, 0600);
    if (fd < 0) { perror(path); return; }
    do {
        if (anew && ftruncate(fd, 0)) { perror(path); break; }
        lseek(fd, 0, SEEK_SET);
        for (double done = 0; done < size; ) {
            ssize_t got = writes ? write(fd, buffer, CHUNK) : read(fd, buffer, CHUNK);
            if (got <= 0) break;
            done += got;
            total += got;
            if (seconds > 0 && now() - start_s >= seconds) break;
            pace(start_s, total, rate);
        }
        if (syncs) fsync(fd);
    } while (total > 0 && now() - start_s < seconds);
    close(fd);
}

static void mapped(const char *line) {
    char path[128];
    path_of(line, path, sizeof path);
    long bytes = (long)(number(line, "mib", 0) * MIB);
    double seconds = number(line, "seconds", 0), start_s = now();
    int fd = open(path, O_RDONLY);
    int access = number(line, "text", 0) > 0 ? PROT_READ | PROT_EXEC : PROT_READ;
    volatile char *start = fd < 0 ? MAP_FAILED : mmap(0, bytes, access, MAP_SHARED, fd, 0);
    if (start == MAP_FAILED) { perror(path); return; }
    int at_random = number(line, "random", 0) > 0;
    if (at_random) madvise((void *)start, bytes, MADV_RANDOM);
    do {
        for (long i = 0; i < bytes && (seconds == 0 || now() - start_s < seconds); i += PAGE) {
            (void)start[at_random ? (long)(draw_share() * bytes) : i];
        }
    } while (now() - start_s < seconds);
    munmap((void *)start, bytes);
    close(fd);
}

static void run(const char *command) {
    pid_t child = fork();
    if (child == 0) {
        int out = open(output_port, O_WRONLY);
        if (out >= 0) { dup2(out, 1); dup2(out, 2); }
        if (chroot("/root-image") || chdir("/")) { perror("/root-image"); _exit(126); }
        setenv("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", 1);
        execl("/bin/sh", "sh", "-c", command, (char *)0);
        _exit(127);
    }
    int status = 0;
    if (child > 0) waitpid(child, &status, 0);
    if (child < 0 || status) fprintf(stderr, "lab: run ended with status %d: %s\n", status, command);
}

static void put(const char *path, const char *text) {
    int fd = open(path, O_WRONLY);
    if (fd < 0 || write(fd, text, strlen(text)) < 0) perror(path);
    close(fd);
}

static int do_line(char *line) {
    char what[32] = "", path[256];
    sscanf(line, "%31s", what);
    char *rest = line + strlen(what) + (line[strlen(what)] == ' ');
    if (!strcmp(what, "name")) {
        prctl(PR_SET_NAME, rest);
        for (char *c = rest; *c; c++) state = (state ^ (uint8_t)*c) * 1099511628211ULL;  // chances of its own
    }
    else if (!strcmp(what, "oom_score_adj")) put("/proc/self/oom_score_adj", rest);
    else if (!strcmp(what, "cgroup")) {
        snprintf(path, sizeof path, "/sys/fs/cgroup/%s/cgroup.procs", rest);
        put(path, "0");
    } else if (!strcmp(what, "cpu")) {
        cpu_set_t cpus;
        CPU_ZERO(&cpus);
        CPU_SET(atoi(rest), &cpus);
        if (sched_setaffinity(0, sizeof cpus, &cpus)) perror("lab: cpu");
    }
    else if (!strcmp(what, "sleep")) sleep_s(number(line, "seconds", 0));
    else if (!strcmp(what, "anon")) anon(line);
    else if (!strcmp(what, "touch")) touch(line);
    else if (!strcmp(what, "free")) release(line);
    else if (!strcmp(what, "burst")) burst(line);
    else if (!strcmp(what, "jitter")) jitter(line);
    else if (!strcmp(what, "shm")) shm(line);
    else if (!strcmp(what, "read")) stream(line, 0);
    else if (!strcmp(what, "write")) stream(line, 1);
    else if (!strcmp(what, "mapped")) mapped(line);
    else if (!strcmp(what, "run")) run(rest);
    else return 0;
    return 1;
}

int main(int count, char **arguments) {
    static char script[65536];
    int fd = count > 1 ? open(arguments[1], O_RDONLY) : -1;
    ssize_t bytes = fd < 0 ? -1 : read(fd, script, sizeof script - 1);
    if (bytes < 0) { fprintf(stderr, "workload SCRIPT [OUTPUT_PORT]\n"); return 2; }
    close(fd);
    if (count > 2) output_port = arguments[2];
    for (char *rest = script, *line; (line = strsep(&rest, "\n")); )
        if (*line && !do_line(line)) { fprintf(stderr, "lab: no such step: %s\n", line); return 2; }
    return 0;
}
