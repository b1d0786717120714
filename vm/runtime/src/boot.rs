//! Making a VM: regions, boot classes, the class library's own initialization phases.
