//! `java.awt` and what lies under it, as far as it is Java: colours, geometry, images as arrays of pixels.
//!
//! The class library's C code looks up the fields it will use in `initIDs`. Nothing here keeps field numbers, so these
//! natives have nothing to do. What draws, rasterises fonts or decodes JPEG is C code that this VM does not have: those
//! natives are missing, and a call of one is an `UnsatisfiedLinkError`.

use crate::support::nothing;
use peaberry_runtime::native::{NativeRow, Versions, native_function};

macro_rules! without_field_numbers {
    ($($class:literal)*) => {
        /// `initIDs` of each class.
        pub const NATIVES: &[NativeRow] = &[$(NativeRow {
            class: $class,
            name: "initIDs",
            descriptor: "()V",
            versions: Versions::ALL,
            function: native_function(nothing),
            may_block: false,
            leaf: false,
        },)*];
    };
}

without_field_numbers! {
    "java/awt/AWTEvent"
    "java/awt/Button"
    "java/awt/Checkbox"
    "java/awt/CheckboxMenuItem"
    "java/awt/Choice"
    "java/awt/Color"
    "java/awt/Component"
    "java/awt/Container"
    "java/awt/Cursor"
    "java/awt/Dialog"
    "java/awt/Dimension"
    "java/awt/Event"
    "java/awt/FileDialog"
    "java/awt/Font"
    "java/awt/FontMetrics"
    "java/awt/Frame"
    "java/awt/Insets"
    "java/awt/KeyboardFocusManager"
    "java/awt/Label"
    "java/awt/Menu"
    "java/awt/MenuBar"
    "java/awt/MenuComponent"
    "java/awt/MenuItem"
    "java/awt/Rectangle"
    "java/awt/ScrollPane"
    "java/awt/ScrollPaneAdjustable"
    "java/awt/Scrollbar"
    "java/awt/TextArea"
    "java/awt/TextField"
    "java/awt/Toolkit"
    "java/awt/TrayIcon"
    "java/awt/Window"
    "java/awt/event/InputEvent"
    "java/awt/event/KeyEvent"
    "java/awt/event/MouseEvent"
    "java/awt/image/BufferedImage"
    "java/awt/image/ColorModel"
    "java/awt/image/IndexColorModel"
    "java/awt/image/Kernel"
    "java/awt/image/Raster"
    "java/awt/image/SampleModel"
    "java/awt/image/SinglePixelPackedSampleModel"
    "sun/awt/FontDescriptor"
    "sun/awt/PlatformFont"
    "sun/awt/image/ByteComponentRaster"
    "sun/awt/image/BytePackedRaster"
    "sun/awt/image/GifImageDecoder"
    "sun/awt/image/ImageRepresentation"
    "sun/awt/image/IntegerComponentRaster"
    "sun/awt/image/ShortComponentRaster"
    "sun/font/SunFontManager"
    "sun/java2d/Disposer"
    "sun/java2d/SurfaceData"
    "sun/java2d/pipe/Region"
    "sun/java2d/pipe/ShapeSpanIterator"
}
