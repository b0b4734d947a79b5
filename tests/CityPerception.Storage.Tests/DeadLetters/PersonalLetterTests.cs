using System.Security.Cryptography;
using System.Text;
using CityPerception.Core.Observations;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Operations;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.DeadLetters;

/// <summary>Letters of people: on the disk nobody reads them without their key, and without it they are gone.</summary>
public sealed class PersonalLetterTests : IAsyncDisposable
{
    private const string Phone = "13912345678", Name = "张三丰", Words = $$"""{"text":"我叫{{Name}}，电话{{Phone}}"}""";

    private readonly TempFolder _keyDirectory = new();
    private readonly LetterRig _rig = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private LetterPrivacy Privacy => new(new LetterKeys(_keyDirectory.Path, () => new Protector(), _rig.Clock), new BySource());

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        _keyDirectory.Dispose();
    }

    [Fact]
    public async Task Append_LetterOfPeople_IsOnTheDiskInNoFormAndReadAgainByteForByte()
    {
        DeadLetter small = Personal() with { Properties = new Dictionary<string, string> { ["phone"] = Phone } };
        DeadLetter large = Personal(payload: Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Words, 20_000)))); // in several parts
        await using (DeadLetterLog letters = _rig.Open(privacy: Privacy))
        {
            await letters.AppendDurablyAsync(small);
            await letters.AppendDurablyAsync(large);
            await letters.RejectDurablyAsync(small, 1, new Rejection(RejectionReason.TypeMismatch, 0, "$.text", $"found '{Phone}'"));
        }

        foreach (string file in Directory.EnumerateFiles(_rig.Directory, "*", SearchOption.AllDirectories))
        {
            byte[] bytes = await File.ReadAllBytesAsync(file, Ct);
            foreach (string secret in (string[])[Phone, Name, "我叫", Convert.ToBase64String(Encoding.UTF8.GetBytes(Words))[..20], "city/hotline"])
                Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) < 0, $"{file} holds {secret}");
        }

        await using DeadLetterLog again = _rig.Open(privacy: Privacy);
        IReadOnlyList<DeadLetter> read = await again.InStateAsync(null);
        Assert.Equal([small.Payload.ToArray(), large.Payload.ToArray()], read.Select(l => l.Payload.ToArray()));
        Assert.All(read, l => Assert.True(l.IsPersonal));
        Assert.Equal(("city/hotline/" + Phone, Phone), (read[0].Topic, read[0].Properties!["phone"]));
        Assert.Equal($"found '{Phone}'", read[0].CurrentRejections[0].Detail);
        Assert.Equal(small.Rejections, read[0].Rejections);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Directory.EnumerateFiles(_keyDirectory.Path).Single()));
    }

    [Fact]
    public async Task Append_LetterOfAThingOrAnOldOne_LiesInPlain()
    {
        await using (DeadLetterLog before = _rig.Open()) await before.AppendDurablyAsync(Personal()); // of a version that encrypted none
        await using DeadLetterLog letters = _rig.Open(privacy: Privacy);
        await letters.AppendDurablyAsync(LetterRig.Letter("thing"));
        IReadOnlyList<DeadLetter> read = await letters.InStateAsync(DeadLetterState.Open);
        Assert.Equal([false, false], read.Select(l => l.IsPersonal));
        Assert.Equal(Words, Encoding.UTF8.GetString(read[0].Payload.Span));
        Assert.Empty(Directory.EnumerateFiles(_keyDirectory.Path));
    }

    [Fact]
    public async Task Read_KeyIsLost_SaysSoAndTheRestIsRead()
    {
        await using (DeadLetterLog letters = _rig.Open(privacy: Privacy)) await letters.AppendDurablyAsync(Personal());
        File.Delete(Directory.EnumerateFiles(_keyDirectory.Path).Single());
        await using DeadLetterLog again = _rig.Open(privacy: Privacy);
        await again.AppendDurablyAsync(LetterRig.Letter("thing"));
        await again.AppendDurablyAsync(Personal());

        IReadOnlyList<DeadLetter> read = await again.InStateAsync(DeadLetterState.Open);
        Assert.Equal([false, true, true], read.Select(l => l.MissingKey is null));
        Assert.Equal((RejectionReason.TypeMismatch, Encoding.UTF8.GetByteCount(Words)), (read[0].Reason, read[0].PayloadBytes));
        Assert.Contains("encrypted, and the key", read[0].Rejections[0].Detail, StringComparison.Ordinal);
        Assert.Equal(Words, Encoding.UTF8.GetString(read[2].Payload.Span));
    }

    [Fact]
    public async Task Read_KeyOrBytesAreOthers_SaysThatItCannotBeRead()
    {
        await using (DeadLetterLog letters = _rig.Open(privacy: Privacy)) await letters.AppendDurablyAsync(Personal());
        var others = new LetterPrivacy(new LetterKeys(_keyDirectory.Path, () => new Protector(1), _rig.Clock), new BySource());
        await using DeadLetterLog again = _rig.Open(privacy: others);
        Assert.NotNull(Assert.Single(await again.InStateAsync(null)).MissingKey);
    }

    [Fact]
    public async Task RemovePersonal_PastTheirRetention_AreGoneCountedAndNamed()
    {
        _rig.Options.PersonalRetention = TimeSpan.FromDays(3);
        await using DeadLetterLog letters = _rig.Open(privacy: Privacy);
        await letters.AppendDurablyAsync(Personal());
        await letters.AppendDurablyAsync(LetterRig.Letter("thing"));
        DeadLetter done = Personal();
        await letters.AppendDurablyAsync(done);
        await letters.MarkDurablyAsync(done);
        _rig.Clock.Advance(TimeSpan.FromDays(1));
        await letters.AppendDurablyAsync(Personal(time: _rig.Clock.GetUtcNow()));

        Assert.Equal(0, letters.Limits.RemovePersonal());
        _rig.Clock.Advance(TimeSpan.FromDays(1.5));
        letters.Limits.WarnOfAge();
        Assert.Equal(1, letters.Limits.Ageing);
        Assert.Contains("hotline 1", Assert.Single(_rig.Log.Warnings), StringComparison.Ordinal);

        _rig.Clock.Advance(TimeSpan.FromDays(0.5));
        Assert.Equal(2, letters.Limits.RemovePersonal());
        IReadOnlyList<DeadLetter> left = await letters.InStateAsync(null);
        Assert.Equal(["thing", "hotline"], left.Select(l => l.Source));
        Assert.All(left, l => Assert.Null(l.MissingKey));
        Assert.Equal((1, 1), (_rig.Count("removed open"), _rig.Count("removed replayed")));
        Assert.Contains(_rig.Log.Warnings, l => l.Contains("Removed 1 dead letters of people", StringComparison.Ordinal) && l.Contains("hotline 1", StringComparison.Ordinal));

        // What went then is not counted again when the log itself is cut.
        _rig.Options.MaxAge = TimeSpan.FromDays(2.9);
        letters.Limits.Trim();
        Assert.Equal((2, 1), (_rig.Count("removed open"), _rig.Count("removed replayed"))); // the thing's
    }

    [Fact]
    public async Task Append_NoKeyCanBeMade_KeepsNothingInPlain()
    {
        string file = Path.Combine(_keyDirectory.Path, "file");
        await File.WriteAllTextAsync(file, "", Ct);
        await using DeadLetterLog letters = _rig.Open(privacy: new LetterPrivacy(new LetterKeys(Path.Combine(file, "keys"), () => new Protector(), _rig.Clock), new BySource()));
        await Assert.ThrowsAsync<LetterKeyException>(async () => await letters.AppendDurablyAsync(Personal()));
        await letters.AppendDurablyAsync(LetterRig.Letter("thing"));
        Assert.Equal(["thing"], (await letters.InStateAsync(null)).Select(l => l.Source));
    }

    [Fact]
    public async Task Read_TextOfAPhoneNumber_FindsNobodyByIt()
    {
        await using DeadLetterLog letters = _rig.Open(privacy: Privacy);
        await letters.AppendDurablyAsync(Personal());
        Assert.Empty((await letters.ReadAsync(new DeadLetterFilter { Text = Phone }, Ct)).Letters);
        Assert.Single((await letters.ReadAsync(new DeadLetterFilter { Text = "139****5678" }, Ct)).Letters);
    }

    private static DeadLetter Personal(DateTimeOffset? time = null, byte[]? payload = null) => DeadLetter.Create(
        DeadLetterKind.Message, "hotline", "mqtt", "city/hotline/" + Phone, time ?? LetterRig.Start,
        [new Rejection(RejectionReason.TypeMismatch, 0, "$.text", $"found 我叫{Name} {Phone}")], payload ?? Encoding.UTF8.GetBytes(Words));

    private sealed class BySource : ILetterSense
    {
        public bool IsPersonal(DeadLetter letter) => letter.Source == "hotline";
    }

    /// <summary>Keys are as safe as the file; what matters here is that another one does not open them.</summary>
    private sealed class Protector(byte mark = 0) : ISecretProtector
    {
        public string Protect(byte[] secret) => Convert.ToBase64String([mark, .. secret]);

        public byte[] Unprotect(string secret) => Convert.FromBase64String(secret) is [var first, .. var rest] && first == mark ? rest : throw new CryptographicException("another key");
    }
}
