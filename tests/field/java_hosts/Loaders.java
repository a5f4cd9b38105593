// SPDX-License-Identifier: Apache-2.0
// Loaders - runs Ends several times at once, each in a class loader of its own
//
//	Loaders BROKER TOPIC ENDING,ENDING... COUNT PATH,PATH... [key=value...]
//
// One ending in one loader for each PATH (a directory of jars, Ends among them); its
// producer's client.id is "loader-1" and so on. They start at once, and the last to
// end ends the program.

import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

public class Loaders {
	static URLClassLoader loader(String path) throws Exception {
		List<URL> urls = new ArrayList<>();
		for (File file : new File(path).listFiles())
			if (file.getName().endsWith(".jar"))
				urls.add(file.toURI().toURL());
		return new URLClassLoader(urls.toArray(new URL[0]),
				ClassLoader.getSystemClassLoader().getParent());
	}

	public static void main(String[] args) throws Exception {
		String[] endings = args[2].split(","), paths = args[4].split(",");
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < paths.length; i++) {
			List<String> own = new ArrayList<>(Arrays.asList(
					args[0], args[1], endings[i], args[3],
					"client.id=loader-" + (i + 1)));
			own.addAll(Arrays.asList(args).subList(5, args.length));
			URLClassLoader loader = loader(paths[i]);
			Method main = loader.loadClass("Ends").getMethod("main", String[].class);
			Thread thread = new Thread(() -> {
				try {
					main.invoke(null, (Object) own.toArray(new String[0]));
				} catch (ReflectiveOperationException e) {
					throw new IllegalStateException(e);
				}
			});
			thread.setContextClassLoader(loader);
			threads.add(thread);
		}
		for (Thread thread : threads)
			thread.start();
		for (Thread thread : threads)
			thread.join();
	}
}
