using SkiaSharp;

namespace CityPerception.FieldReports;

/// <summary>
/// Makes a new picture of what a phone sent: whatever else was in the file (place, device, thumbnails, trailing bytes)
/// is not in it.
/// </summary>
internal static class PhotoEncoder
{
    public const int MaxEdge = 1_600;

    private const int Quality = 82;

    // A phone's 48 megapixels are decoded at an eighth to a half, if they are JPEG; other forms have to fit as they are.
    private const long MaxPixels = 50_000_000, MaxDecodedPixels = 16_000_000;

    // A phone's wide colours are brought to those that every screen shows; the new file names no profile, which means them.
    private static readonly SKColorSpace Colors = SKColorSpace.CreateSrgb();

    private static readonly SKSamplingOptions Smooth = new(SKCubicResampler.Mitchell);

    /// <summary>A JPEG of at most <see cref="MaxEdge"/> pixels a side, upright; null for what is no picture, or too large a one.</summary>
    public static byte[]? Encode(ReadOnlySpan<byte> file)
    {
        using SKData data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        if (codec is not { EncodedFormat: SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png or SKEncodedImageFormat.Webp }) return null;
        if ((long)codec.Info.Width * codec.Info.Height is <= 0 or > MaxPixels) return null;

        float scale = Math.Min(1, (float)MaxEdge / Math.Max(codec.Info.Width, codec.Info.Height));
        SKSizeI decoded = codec.GetScaledDimensions(scale);
        if ((long)decoded.Width * decoded.Height > MaxDecodedPixels) return null;
        using var bitmap = new SKBitmap(new SKImageInfo(decoded.Width, decoded.Height, SKColorType.Rgba8888, SKAlphaType.Premul, Colors));
        // Of a file that is cut off the part that is there is not shown as the whole.
        if (codec.GetPixels(bitmap.Info, bitmap.GetPixels()) is not SKCodecResult.Success) return null;
        return Draw(bitmap, codec.EncodedOrigin);
    }

    private static byte[] Draw(SKBitmap bitmap, SKEncodedOrigin origin)
    {
        bool isTurned = origin >= SKEncodedOrigin.LeftTop;
        float scale = Math.Min(1, (float)MaxEdge / Math.Max(bitmap.Width, bitmap.Height));
        int width = Math.Max(1, (int)(bitmap.Width * scale)), height = Math.Max(1, (int)(bitmap.Height * scale));
        using var surface = SKSurface.Create(isTurned ? new SKImageInfo(height, width) : new SKImageInfo(width, height));
        SKCanvas canvas = surface.Canvas;
        canvas.Clear(SKColors.White); // JPEG has no transparency
        canvas.Concat(Upright(origin, width, height));
        using SKImage image = SKImage.FromBitmap(bitmap);
        canvas.DrawImage(image, new SKRect(0, 0, width, height), Smooth);
        using SKImage drawn = surface.Snapshot();
        using SKData encoded = drawn.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return encoded.ToArray();
    }

    // Exif 2.32, tag 274: where row 0 and column 0 of the stored picture are in the picture as seen.
    private static SKMatrix Upright(SKEncodedOrigin origin, int w, int h) => origin switch
    {
        SKEncodedOrigin.TopRight => new(-1, 0, w, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new(-1, 0, w, 0, -1, h, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new(1, 0, 0, 0, -1, h, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new(0, -1, h, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new(0, -1, h, -1, 0, w, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new(0, 1, 0, -1, 0, w, 0, 0, 1),
        _ => SKMatrix.Identity,
    };
}
