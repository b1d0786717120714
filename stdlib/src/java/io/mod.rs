//! `java.io`.
pub mod file_descriptor;
pub mod file_input_stream;
pub mod file_output_stream;
pub mod object_stream_class;
pub mod unix_file_system;
