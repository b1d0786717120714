import java.io.*;
import javax.xml.parsers.*;
import javax.xml.transform.*;
import javax.xml.transform.dom.*;
import javax.xml.transform.stream.*;
import org.w3c.dom.*;

/** Serializing a DOM, and XSLT, which the class library compiles to classes. */
public class XmlTransform {
    static final String XSL =
        "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'><xsl:output method='xml' "
        + "omit-xml-declaration='yes'/><xsl:param name='who' select=\"'nobody'\"/><xsl:template match='/'><out "
        + "for='{$who}'><xsl:apply-templates select='//item'><xsl:sort select='@n' data-type='number' "
        + "order='descending'/></xsl:apply-templates><total><xsl:value-of "
        + "select='sum(//item/@n)'/></total></out></xsl:template><xsl:template match='item'><xsl:choose><xsl:when "
        + "test='@n &gt; 2'><big><xsl:value-of select='.'/></big></xsl:when><xsl:otherwise><small><xsl:value-of "
        + "select=\"translate(., 'abc', "
        + "'ABC')\"/></small></xsl:otherwise></xsl:choose></xsl:template></xsl:stylesheet>";
    public static void main(String[] args) throws Exception {
        Document d = DocumentBuilderFactory.newInstance().newDocumentBuilder().newDocument();
        Element root = d.createElement("root");
        d.appendChild(root);
        String[] texts = {"abc", "def & <g>", "cab"};
        for (int i = 0; i < 3; i++) {
            Element e = d.createElement("item");
            e.setAttribute("n", "" + (i + 1) * (i % 2 == 0 ? 1 : 5));
            e.appendChild(d.createTextNode(texts[i]));
            root.appendChild(e);
        }
        root.insertBefore(d.createComment(" c "), root.getFirstChild());
        Transformer id = TransformerFactory.newInstance().newTransformer();
        id.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        StringWriter w = new StringWriter();
        id.transform(new DOMSource(d), new StreamResult(w));
        System.out.println(w);
        Transformer t = TransformerFactory.newInstance().newTransformer(new StreamSource(new StringReader(XSL)));
        t.setParameter("who", "tests");
        StringWriter o = new StringWriter();
        t.transform(new DOMSource(d), new StreamResult(o));
        System.out.println(o);
        DOMResult r = new DOMResult();
        t.transform(new StreamSource(new StringReader(w.toString())), r);
        System.out.println(((Document) r.getNode()).getDocumentElement().getChildNodes().getLength());
    }
}
