/*
 * idle COUNT [PLANTED_MIB]: COUNT processes that sleep, and one called "planted" that holds
 * PLANTED_MIB of touched memory, has oom_score_adj 0 and is in the middle of them by number.
 *
 * Prints the planted one's pid (0 for none) and the number started once all of them sleep, then
 * waits for the end of its standard input, kills what it started, by pid, and ends. The children
 * die with this process however it ends (PR_SET_PDEATHSIG).
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void adjust_to_zero(void)
{
	FILE *file = fopen("/proc/self/oom_score_adj", "w");
	if (file) {
		fputs("0", file);
		fclose(file);
	}
}

static void hold(size_t bytes)
{
	prctl(PR_SET_NAME, "planted");
	adjust_to_zero();
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		_exit(1);
	madvise(memory, bytes, MADV_NOHUGEPAGE); /* page tables of a known, ordinary size */
	memset(memory, 1, bytes);
}

static pid_t start(pid_t parent, size_t bytes, int ready)
{
	pid_t pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0); /* it died before we asked to die with it */
	if (bytes) {
		hold(bytes);
		if (write(ready, "!", 1) != 1)
			_exit(1);
	}
	close(ready);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 0;
	size_t bytes = argc > 2 ? (size_t)atol(argv[2]) << 20 : 0;
	pid_t *pids = calloc((size_t)count + 1, sizeof(*pids));
	pid_t parent = getpid(), planted = 0;
	long started = 0;
	int ready[2];
	char byte;

	if (!pids || pipe(ready))
		return 1;
	for (long i = 0; i < count; i++) {
		size_t held = i == count / 2 ? bytes : 0;
		pid_t pid = start(parent, held, ready[1]);
		if (pid < 0) {
			perror("fork");
			break;
		}
		pids[started++] = pid;
		if (held)
			planted = pid;
	}
	close(ready[1]);
	if (planted && read(ready[0], &byte, 1) != 1)
		planted = 0;
	printf("%d %ld\n", planted, started);
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	for (long i = 0; i < started; i++)
		kill(pids[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	return started == count ? 0 : 1;
}
