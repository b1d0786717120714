//! Containers of class files: jars, jmods and the JDK's `lib/modules`.
