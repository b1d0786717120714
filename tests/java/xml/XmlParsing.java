import java.io.*;
import java.util.*;
import javax.xml.parsers.*;
import javax.xml.stream.*;
import javax.xml.xpath.*;
import org.w3c.dom.*;
import org.xml.sax.*;
import org.xml.sax.helpers.DefaultHandler;

/** DOM, SAX, StAX and XPath of java.xml. */
public class XmlParsing {
    static final String XML =
        "<?xml version=\"1.0\"?><!DOCTYPE lib [<!ENTITY who \"World\">]><lib xmlns:x=\"urn:x\"><!-- note --><book "
        + "id=\"1\" x:lang=\"en\"><title>Hello &who; &amp; &#233;</title><price>9.5</price></book><book "
        + "id=\"2\"><title><![CDATA[<raw>]]></title><price>20</price></book><?pi data?></lib>";
    static void walk(Node n, String in) {
        System.out.println(in + n.getNodeType() + " " + n.getNodeName()
            + (n.getNodeValue() == null ? "" : "=" + n.getNodeValue().trim()));
        for (Node c = n.getFirstChild(); c != null; c = c.getNextSibling()) walk(c, in + " ");
    }
    public static void main(String[] args) throws Exception {
        DocumentBuilderFactory f = DocumentBuilderFactory.newInstance();
        f.setNamespaceAware(true);
        f.setExpandEntityReferences(true);
        Document d = f.newDocumentBuilder().parse(new InputSource(new StringReader(XML)));
        walk(d.getDocumentElement(), "");
        NodeList l = d.getElementsByTagName("book");
        System.out.println(l.getLength() + " " + ((Element) l.item(0)).getAttributeNS("urn:x", "lang") + " "
            + ((Element) l.item(1)).getAttribute("id") + ((Element) l.item(1)).hasAttribute("none"));
        XPath x = XPathFactory.newInstance().newXPath();
        System.out.println(x.evaluate("sum(//price)", d) + " " + x.evaluate("//book[price > 10]/title", d) + " "
            + ((NodeList) x.evaluate("//book/@id", d, XPathConstants.NODESET)).getLength() + " "
            + x.evaluate("concat(name(/*), '-', count(//*))", d) + " " + x.evaluate("boolean(//book[@id='3'])", d));
        StringBuilder sax = new StringBuilder();
        SAXParserFactory.newInstance().newSAXParser().parse(
            new InputSource(new StringReader(XML)), new DefaultHandler() {
                int depth;
                @Override
                public void startElement(String u, String n, String q, Attributes a) {
                    sax.append("<").append(q).append(a.getLength()).append(++depth);
                }
                @Override
                public void endElement(String u, String n, String q) {
                    sax.append(">");
                    depth--;
                }
                @Override
                public void characters(char[] c, int s, int len) {
                    sax.append("'").append(c, s, len);
                }
                @Override
                public void processingInstruction(String t, String v) {
                    sax.append("?").append(t);
                }
            });
        System.out.println(sax);
        XMLStreamReader r =
            XMLInputFactory.newInstance().createXMLStreamReader(new StringReader("<a k='v'><b/>text<c>deep</c></a>"));
        StringBuilder st = new StringBuilder();
        while (r.hasNext()) {
            int e = r.next();
            st.append(e).append(r.hasName() ? r.getLocalName() : r.hasText() ? r.getText() : "").append(' ');
        }
        System.out.println(st);
        StringWriter w = new StringWriter();
        XMLStreamWriter xw = XMLOutputFactory.newInstance().createXMLStreamWriter(w);
        xw.writeStartDocument();
        xw.writeStartElement("root");
        xw.writeAttribute("a", "<\">");
        xw.writeCharacters("1 < 2 & 3");
        xw.writeEmptyElement("e");
        xw.writeEndElement();
        xw.writeEndDocument();
        System.out.println(w);
        for (String bad :
            new String[] {"<a>", "<a></b>", "text", "<a b=1/>", "<a>&nope;</a>", "", "<a/><b/>", "<a \u0001/>"})
            try {
                DocumentBuilder b = f.newDocumentBuilder();
                b.setErrorHandler(null);
                b.setErrorHandler(new DefaultHandler());
                b.parse(new InputSource(new StringReader(bad)));
                System.out.println("parsed");
            } catch (SAXParseException e) {
                System.out.println(e.getLineNumber() + ":" + e.getColumnNumber() + " " + e.getMessage());
            }
    }
}
