using System.Net;
using System.Text;
using CityPerception.Tests.Sources;
using SkiaSharp;

namespace CityPerception.Tests.FieldReports;

/// <summary>Photos of reports: what is taken, and what is left of it.</summary>
public sealed class PhotoTests(CityServer server) : IClassFixture<CityServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Put_JpegWithExif_IsKeptUprightAndWithoutAnythingBesidesThePicture()
    {
        byte[] sent = Pictures.JpegWithExif(400, 300);
        Assert.Contains(Pictures.Secret, Encoding.Latin1.GetString(sent), StringComparison.Ordinal);
        (HttpStatusCode status, byte[] kept) = await KeepAsync(Guid.NewGuid(), sent);
        Assert.Equal(HttpStatusCode.Created, status);
        string text = Encoding.Latin1.GetString(kept);
        Assert.DoesNotContain("Exif", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Wang Li", text, StringComparison.Ordinal);
        Assert.Equal((300, 400), Pictures.SizeOf(kept));
        // Turned by a quarter, the upper left one is at the upper right.
        Assert.Equal(("red", "blue", "blue"), (Pictures.ColorOf(kept, right: true, lower: false), Pictures.ColorOf(kept, right: false, lower: false), Pictures.ColorOf(kept, right: true, lower: true)));
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public async Task Put_LargePictureOfEachKind_BecomesASmallerJpeg(SKEncodedImageFormat format)
    {
        (HttpStatusCode status, byte[] kept) = await KeepAsync(Guid.NewGuid(), Pictures.Encode(3200, 1200, format));
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal((1600, 600), Pictures.SizeOf(kept));
        Assert.Equal((0xFF, 0xD8), (kept[0], kept[1]));
        Assert.Equal(("red", "blue"), (Pictures.ColorOf(kept, right: false, lower: false), Pictures.ColorOf(kept, right: true, lower: true)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html><script>alert(1)</script></html>")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")]
    [InlineData("GIF89a\u0001\0\u0001\0\u0080\0\0\0\0\0\u00FF\u00FF\u00FF,\0\0\0\0\u0001\0\u0001\0\0\u0002\u0002D\u0001\0;")]
    public async Task Put_WhatIsNoPhotoWhateverItSays_IsRefusedInBothLanguages(string content)
    {
        var id = Guid.NewGuid();
        using HttpResponseMessage answer = await PutAsync(id, Encoding.Latin1.GetBytes(content));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Matches("JPEG, PNG or WebP.*图片", await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync(PathOf(id), Ct)).StatusCode);
    }

    [Fact]
    public async Task Put_HalfAPictureOrOneWithTooManyPixels_IsRefused()
    {
        byte[] whole = Pictures.Jpeg(800, 600), vast = Pictures.Encode(5000, 5000, SKEncodedImageFormat.Png, SKColorType.Gray8);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await PutAsync(Guid.NewGuid(), whole[..(whole.Length / 2)])).StatusCode);
        Assert.InRange(vast.Length, 1, 1 << 20);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await PutAsync(Guid.NewGuid(), vast)).StatusCode);
    }

    [Fact]
    public async Task Put_MoreThanTwelveMegabytes_IsRefused()
    {
        using HttpResponseMessage answer = await PutAsync(Guid.NewGuid(), [.. Pictures.Jpeg(40, 30), .. new byte[12 << 20]]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("12 MB", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_SameIdAgain_ChangesNothing()
    {
        var id = Guid.NewGuid();
        (_, byte[] first) = await KeepAsync(id, Pictures.Jpeg(80, 60));
        (HttpStatusCode status, byte[] after) = await KeepAsync(id, Pictures.Jpeg(400, 300));
        Assert.Equal(HttpStatusCode.NoContent, status);
        Assert.Equal(first, after);
    }

    private async Task<(HttpStatusCode Status, byte[] Kept)> KeepAsync(Guid id, byte[] file)
    {
        using HttpResponseMessage answer = await PutAsync(id, file);
        return (answer.StatusCode, await server.Http.GetByteArrayAsync(PathOf(id), Ct));
    }

    private async Task<HttpResponseMessage> PutAsync(Guid id, byte[] file)
    {
        using var content = new ByteArrayContent(file);
        content.Headers.ContentType = new("image/jpeg");
        return await server.Http.PutAsync(PathOf(id), content, Ct);
    }

    private static string PathOf(Guid id) => $"/api/reports/photos/{id}";
}
