using System.Text;

namespace CityPerception.Core.Text;

/// <summary>Encodings of text that offices and old devices send.</summary>
public static class Encodings
{
    /// <summary>GB 18030, which holds GBK and GB 2312. Throws for bytes that are none of it.</summary>
    public static Encoding Gb18030 { get; } = CodePagesEncodingProvider.Instance.GetEncoding("gb18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;
}
