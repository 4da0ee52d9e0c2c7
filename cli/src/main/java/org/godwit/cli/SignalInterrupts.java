package org.godwit.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * SIGINT through {@code sun.misc.Signal} of jdk.unsupported. A shutdown hook, the supported way, runs when the JVM is already
 * going down: from there no question can be asked whose answer is "go on". By reflection, because javac's warning about that
 * class cannot be suppressed and warnings are errors here.
 */
final class SignalInterrupts implements Interrupts {

    /** Where signals cannot be had (-Xrs, another JVM) Ctrl-C ends the process, and the migration goes on without us. */
    @Override
    public void onInterrupt(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object onSignal = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[]{handler },
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "handle" -> {
                            action.run();
                            yield null;
                        }
                        case "hashCode" -> System.identityHashCode(proxy);
                        case "equals" -> proxy == arguments[0];
                        case String other -> other;
                    });
            signal.getMethod("handle", signal, handler).invoke(null,
                    signal.getConstructor(String.class).newInstance("INT"), onSignal);
        } catch (ReflectiveOperationException e) {
            if (e instanceof InvocationTargetException refused
                    && !(refused.getCause() instanceof IllegalArgumentException)) {
                throw new IllegalStateException("SIGINT could not be handled", refused.getCause());
            }
        }
    }
}
