// SPDX-License-Identifier: Apache-2.0
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;
import org.slf4j.LoggerFactory;

/**
 * Logs by logback or log4j2, whose appender produces, and stops the logging at the end or not.
 *
 * Appender logback|log4j2 COUNT stop|none
 */
public class Appender {
	static void report(String by, int count) {
		for (int i = 0; i < count; i++)
			if (by.equals("logback"))
				LoggerFactory.getLogger("orders").info("message " + i);
			else
				LogManager.getLogger("orders").info("message " + i);
	}

	public static void main(String[] args) throws Exception {
		report(args[0], Integer.parseInt(args[1]));
		if (args[2].equals("stop") && args[0].equals("logback"))
			((ch.qos.logback.classic.LoggerContext) LoggerFactory.getILoggerFactory())
				.stop();
		if (args[2].equals("stop") && args[0].equals("log4j2"))
			Configurator.shutdown((org.apache.logging.log4j.core.LoggerContext)
				LogManager.getContext(false), 30, TimeUnit.SECONDS);
		System.exit(0);
	}
}
