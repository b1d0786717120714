<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="html" indent="yes"/>
  <xsl:key name="bags" match="bag" use="@id"/>
  <xsl:template match="/">
    <html>
      <body>
        <h1><xsl:value-of select="count(//bag)"/> bags, <xsl:value-of select="format-number(sum(//@price), '#,##0.000')"/></h1>
        <xsl:apply-templates select="//bag">
          <xsl:sort select="@price" data-type="number" order="descending"/>
        </xsl:apply-templates>
        <p><xsl:value-of select="key('bags', 'b')"/></p>
      </body>
    </html>
  </xsl:template>
  <xsl:template match="bag">
    <p>
      <xsl:number/>: <xsl:value-of select="translate(., 'abc', 'ABC')"/>
      <xsl:if test="@price &gt; 2"> (dear)</xsl:if>
    </p>
  </xsl:template>
</xsl:stylesheet>
