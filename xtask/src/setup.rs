//! What the tests need from the machine, and how to get it.

use crate::{Outcome, jdk, process};
use std::path::Path;
use std::process::{Command, Stdio};

/// What must be there (a file of it) and the Debian packages that bring it.
const NEEDED: &[(&str, &str)] = &[
    ("/usr/bin/c++", "g++"),
    ("/usr/share/java/eclipse-jdt-core.jar", "ecj"),
    ("/usr/share/java/clojure.jar", "clojure"),
    ("/usr/share/java/groovy-all.jar", "groovy"),
    ("/usr/share/java/rhino.jar", "librhino-java"),
    ("/usr/share/java/bsh.jar", "bsh"),
    ("/usr/share/java/antlr4.jar", "antlr4"),
    ("/usr/share/java/jetty9-server.jar", "libjetty9-java"),
    ("/usr/share/java/servlet-api.jar", "libservlet-api-java"),
    ("/usr/share/java/h2.jar", "libh2-java"),
    ("/usr/share/java/hsqldb.jar", "libhsqldb-java"),
    ("/usr/share/java/jackson-databind.jar", "libjackson2-databind-java"),
    ("/usr/share/java/guava.jar", "libguava-java"),
    ("/usr/share/java/gson.jar", "libgoogle-gson-java"),
    ("/usr/share/java/freemarker.jar", "libfreemarker-java"),
    ("/usr/share/java/velocity.jar", "velocity"),
    ("/usr/share/java/commons-math3.jar", "libcommons-math3-java"),
    ("/usr/share/java/apfloat.jar", "libapfloat-java"),
    ("/usr/share/java/jgrapht-core.jar", "libjgrapht-java"),
    ("/usr/share/java/weka.jar", "weka"),
    ("/usr/share/java/Saxon-HE.jar", "libsaxonhe-java"),
    ("/usr/share/java/jython.jar", "jython"),
    ("/usr/share/java/janino.jar", "libjanino-java"),
    ("/usr/share/java/aspectjweaver.jar", "libaspectj-java"),
    ("/usr/share/java/mockito-core.jar", "libmockito-java"),
    ("/usr/share/java/assertj-core.jar", "libassertj-core-java"),
    ("/usr/share/java/opentest4j.jar", "libopentest4j-java"),
    ("/usr/share/java/xalan2.jar", "libxalan2-java"),
    ("/usr/share/java/jflex.jar", "jflex"),
    ("/usr/share/java/lucene-core-8.7.0.jar", "liblucene8-java"),
    ("/usr/share/java/netty-handler.jar", "libnetty-java"),
    ("/usr/share/java/bcprov.jar", "libbcprov-java"),
    ("/usr/share/java/derby.jar", "libderby-java"),
    ("/usr/share/java/fop.jar", "libfop-java"),
    ("/usr/share/java/avalon-framework.jar", "libavalon-framework-java"),
    ("/usr/share/jruby/lib/jruby.jar", "jruby"),
    ("/usr/bin/ant", "ant"),
    ("/usr/share/ant/lib/ant-junit.jar", "ant-optional"),
    ("/usr/share/java/junit4.jar", "junit4"),
    ("/usr/bin/gradle", "gradle"),
    ("/usr/share/maven/bin/mvn", "maven"),
    (
        "/usr/share/maven-repo/org/apache/maven/plugins/maven-resources-plugin",
        "libmaven-resources-plugin-java",
    ),
    (
        "/usr/share/maven-repo/org/apache/maven/plugins/maven-compiler-plugin",
        "libmaven-compiler-plugin-java",
    ),
    (
        "/usr/share/maven-repo/org/apache/maven/plugins/maven-surefire-plugin",
        "libsurefire-java",
    ),
    (
        "/usr/share/maven-repo/org/apache/maven/plugins/maven-jar-plugin",
        "libmaven-jar-plugin-java",
    ),
    ("/usr/share/maven-repo/org/junit/jupiter/junit-jupiter", "junit5"),
];

/// The packages that are missing here, each once.
fn missing() -> Vec<&'static str> {
    let mut packages = Vec::new();
    if jdk::find(17).is_none() {
        packages.push("openjdk-17-jdk-headless");
    }
    if jdk::sources().is_err() {
        packages.push("openjdk-17-source");
    }
    for (file, package) in NEEDED {
        if !Path::new(file).exists() && !packages.contains(package) {
            packages.push(package);
        }
    }
    packages
}

/// Installs what is missing if this user may, and otherwise fails with the command to type.
pub fn run() -> Outcome {
    rust_components()?;
    let packages = missing();
    if packages.is_empty() {
        return Ok(());
    }
    let command = format!("apt-get install -y --no-install-recommends {}", packages.join(" "));
    let by_hand = || format!("these packages are missing; please run:\n\n    sudo apt-get update && sudo {command}\n");
    // SAFETY: geteuid has no preconditions.
    let root = unsafe { libc::geteuid() } == 0;
    if !root || !Path::new("/usr/bin/apt-get").exists() {
        return Err(by_hand());
    }
    let quiet = format!("DEBIAN_FRONTEND=noninteractive {command}");
    if process::passthrough("apt-get", &["update", "-q"]).is_err() {
        eprintln!("apt-get update failed; trying with the package lists that are there");
    }
    process::passthrough("sh", &["-c", &quiet]).map_err(|e| format!("{e}\n{}", by_hand()))?;
    let still = missing();
    if still.is_empty() {
        Ok(())
    } else {
        Err(format!("still missing after installation: {}", still.join(" ")))
    }
}

/// rustfmt and clippy, which a minimal toolchain lacks.
fn rust_components() -> Outcome {
    for (tool, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        let there = Command::new("cargo")
            .args([tool, "--version"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|s| s.success());
        if !there {
            process::passthrough("rustup", &["component", "add", component])?;
        }
    }
    Ok(())
}
