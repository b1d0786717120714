//! The JDK's command-line tools: called by one of their names, as links in a JAVA_HOME's `bin` are, Peaberry runs the
//! tool's main class.

/// A tool: its name, its main class, and whether it wants all modules resolved.
struct Tool {
    name: &'static str,
    main: &'static str,
    all_modules: bool,
}

const fn tool(name: &'static str, main: &'static str, all_modules: bool) -> Tool {
    Tool {
        name,
        main,
        all_modules,
    }
}

/// Tools that are plain Java programs. Those that look into other VMs' processes know HotSpot's insides alone.
const TOOLS: &[Tool] = &[
    tool("jar", "jdk.jartool/sun.tools.jar.Main", false),
    tool("jarsigner", "jdk.jartool/sun.security.tools.jarsigner.Main", false),
    tool("javac", "jdk.compiler/com.sun.tools.javac.Main", true),
    tool("javadoc", "jdk.javadoc/jdk.javadoc.internal.tool.Main", true),
    tool("javap", "jdk.jdeps/com.sun.tools.javap.Main", false),
    tool("jdeprscan", "jdk.jdeps/com.sun.tools.jdeprscan.Main", false),
    tool("jdeps", "jdk.jdeps/com.sun.tools.jdeps.Main", false),
    tool("jimage", "jdk.jlink/jdk.tools.jimage.Main", false),
    tool("jlink", "jdk.jlink/jdk.tools.jlink.internal.Main", true),
    tool("jmod", "jdk.jlink/jdk.tools.jmod.Main", false),
    tool("jrunscript", "java.scripting/com.sun.tools.script.shell.Main", true),
    tool(
        "jshell",
        "jdk.jshell/jdk.internal.jshell.tool.JShellToolProvider",
        false,
    ),
    tool("keytool", "java.base/sun.security.tools.keytool.Main", false),
    tool("rmiregistry", "java.rmi/sun.rmi.registry.RegistryImpl", false),
    tool("serialver", "jdk.compiler/sun.tools.serialver.SerialVer", false),
];

/// Whether this is the name of a tool.
pub fn is_tool(program: &str) -> bool {
    TOOLS.iter().any(|tool| tool.name == program)
}

/// The launcher's command line for a tool: what is marked with `-J` is the VM's, the rest the tool's.
pub fn command_line(program: &str, arguments: Vec<String>) -> Result<Vec<String>, String> {
    let Some(tool) = TOOLS.iter().find(|tool| tool.name == program) else {
        return Ok(arguments);
    };
    let mut vm = Vec::new();
    let mut own = Vec::new();
    if tool.all_modules {
        vm.push("--add-modules=ALL-DEFAULT".to_owned());
    }
    if let Some(path) = std::env::var_os("CLASSPATH") {
        vm.push(format!("-Denv.class.path={}", path.to_string_lossy()));
    }
    for argument in arguments {
        match argument.strip_prefix("-J") {
            Some("") => return Err("Error: The -J option should not be followed by a space.".to_owned()),
            Some(option) => vm.push(option.to_owned()),
            None => own.push(argument),
        }
    }
    vm.extend(["-m".to_owned(), tool.main.to_owned()]);
    vm.extend(own);
    Ok(vm)
}
