/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commands.h - the commands of the tool, one row each.
 *
 * To add a command: add a row, write cmd_<name>.c with int cmd_<name>(int
 * argc, char **argv). argv[0] is the command's own name; it returns the exit
 * status. Messages are printed through say.h, reports through output.h.
 */
#ifndef UNFLUSHED_CLI_COMMANDS_H
#define UNFLUSHED_CLI_COMMANDS_H

/*              name     what it does, for `unflushed --help` */
#define COMMANDS(COMMAND)                                                                      \
	COMMAND(run, "run a program under the shim; report when it has ended")                 \
	COMMAND(report, "summarise traces")                                                    \
	COMMAND(check, "exit with the verdict's code: a guard for CI")                         \
	COMMAND(diff, "what is new, gone, grown between two runs")                             \
	COMMAND(top, "the producers that run, live")                                           \
	COMMAND(dump, "print every event and table of one trace")                              \
	COMMAND(pack, "many traces into one small file, which all commands read")              \
	COMMAND(export, "publish summaries into a Kafka topic")                                \
	COMMAND(prune, "remove traces of processes that ended long ago")                       \
	COMMAND(broker, "an embedded Kafka broker, until interrupted")                         \
	COMMAND(doctor, "what can be seen in a program, before running it")                    \
	COMMAND(recipe, "find librdkafka in a stripped program, for the shim")                 \
	COMMAND(explain, "what a finding means; wrong and right code in each language")

#define COMMAND_DECLARED(name, purpose) int cmd_##name(int argc, char **argv);
COMMANDS(COMMAND_DECLARED)
#undef COMMAND_DECLARED

#endif
