//! `java.lang.Module`: tells the VM of modules, what they read and export.

use peaberry_runtime::loader::modules;
use peaberry_runtime::natives;

natives! { pub NATIVES: "java/lang/Module" {
    "defineModule0" "(Ljava/lang/Module;ZLjava/lang/String;Ljava/lang/String;[Ljava/lang/Object;)V" => modules::define_module;
    "addReads0" "(Ljava/lang/Module;Ljava/lang/Module;)V" => modules::add_reads;
    "addExports0" "(Ljava/lang/Module;Ljava/lang/String;Ljava/lang/Module;)V" => modules::add_exports;
    "addExportsToAll0" "(Ljava/lang/Module;Ljava/lang/String;)V" => modules::add_exports_to_all;
    "addExportsToAllUnnamed0" "(Ljava/lang/Module;Ljava/lang/String;)V" => modules::add_exports_to_all_unnamed;
} }
