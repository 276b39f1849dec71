/*
 * measure OUTPUT COMMAND [ARGUMENT...]: CPU and peak memory of a command with all its children.
 *
 * The command's standard output goes to the file OUTPUT. Prints user + system CPU in us, peak RSS in
 * KiB (of the largest process of them), wall time in us and the exit code. Started from here, not
 * from the benchmark: exec keeps the peak of the program that forked, and Python's would hide ours.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static long long us(struct timeval time)
{
	return time.tv_sec * 1000000LL + time.tv_usec;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 125;
	int output = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (output < 0) {
		perror(argv[1]);
		return 125;
	}
	long long start = now_us();
	pid_t pid = fork();
	if (pid == 0) {
		dup2(output, STDOUT_FILENO);
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	struct rusage usage;
	int status;
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		return 125;
	printf("%lld %ld %lld %d\n", us(usage.ru_utime) + us(usage.ru_stime), usage.ru_maxrss,
	       now_us() - start, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
