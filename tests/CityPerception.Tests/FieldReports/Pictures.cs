using System.Buffers.Binary;
using System.Text;
using SkiaSharp;

namespace CityPerception.Tests.FieldReports;

/// <summary>Pictures as phones make them. The upper left quarter is red, the rest is blue.</summary>
internal static class Pictures
{
    /// <summary>In the EXIF of <see cref="JpegWithExif"/>.</summary>
    public const string Secret = "Wang Li's phone at 36.2011N";

    private const short Ascii = 2, Short = 3, Make = 0x010F, Orientation = 0x0112, RightTop = 6;

    public static byte[] Jpeg(int width, int height) => Encode(width, height, SKEncodedImageFormat.Jpeg);

    public static byte[] Encode(int width, int height, SKEncodedImageFormat format, SKColorType color = SKColorType.Rgba8888)
    {
        using var surface = new SKBitmap(new SKImageInfo(width, height, color, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(surface);
        using var red = new SKPaint { Color = SKColors.Red };
        canvas.Clear(SKColors.Blue);
        canvas.DrawRect(0, 0, width / 2f, height / 2f, red);
        canvas.Flush();
        using SKData data = surface.Encode(format, 90);
        return data.ToArray();
    }

    /// <summary>A JPEG that lies on its side, and says so and whose it is by EXIF 2.32; with something behind its end.</summary>
    public static byte[] JpegWithExif(int width, int height)
    {
        byte[] jpeg = Jpeg(width, height), exif = Exif();
        return [.. jpeg[..2], 0xFF, 0xE1, (byte)((exif.Length + 2) >> 8), (byte)(exif.Length + 2), .. exif, .. jpeg[2..], .. Encoding.UTF8.GetBytes(Secret)];
    }

    public static (int Width, int Height) SizeOf(byte[] file)
    {
        using SKBitmap picture = SKBitmap.Decode(file);
        return (picture.Width, picture.Height);
    }

    /// <summary>The colour in the middle of a quarter: red or blue.</summary>
    public static string ColorOf(byte[] file, bool right, bool lower)
    {
        using SKBitmap picture = SKBitmap.Decode(file);
        SKColor color = picture.GetPixel(picture.Width * (right ? 3 : 1) / 4, picture.Height * (lower ? 3 : 1) / 4);
        return color.Red > color.Blue ? "red" : "blue";
    }

    private static byte[] Exif()
    {
        const int entriesAt = 8, textAt = entriesAt + 2 + (2 * 12) + 4;
        byte[] text = Encoding.ASCII.GetBytes(Secret + '\0'), tiff = [.. new byte[textAt], .. text];
        "MM\0*\0\0\0\b"u8.CopyTo(tiff);
        BinaryPrimitives.WriteInt16BigEndian(tiff.AsSpan(entriesAt), 2);
        Entry(tiff.AsSpan(entriesAt + 2), Make, Ascii, text.Length, textAt);
        Entry(tiff.AsSpan(entriesAt + 14), Orientation, Short, 1, RightTop << 16);
        return [.. "Exif\0\0"u8, .. tiff];
    }

    private static void Entry(Span<byte> to, short tag, short type, int count, int value)
    {
        BinaryPrimitives.WriteInt16BigEndian(to, tag);
        BinaryPrimitives.WriteInt16BigEndian(to[2..], type);
        BinaryPrimitives.WriteInt32BigEndian(to[4..], count);
        BinaryPrimitives.WriteInt32BigEndian(to[8..], value);
    }
}
