using System.Collections.Immutable;
using System.Globalization;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>
/// What is spoken of most at the end of an hour: each post counts for 1 + lg(1 + reach), and for half of it every 6 hours. The value is
/// the heat of the hottest topic, the text lists the first ten.
/// </summary>
internal sealed class HotTopics : ICalculation
{
    private const int Listed = 10;

    // After two days less than a half percent is left.
    private static readonly TimeSpan HalfLife = TimeSpan.FromHours(6), Looked = TimeSpan.FromHours(48);

    public string Name => "sentiment.hot_topics";

    public ImmutableArray<string> Measurements { get; } = [Post.Measurement];

    public ImmutableArray<ViewWindow> Windows { get; } = [ViewWindow.Hour];

    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> LaterWindows(ViewWindow window, DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone) => [(from, to + Looked)];

    public async Task<IReadOnlyList<CalculatedPartial>> ComputeAsync(CalculationScope scope, CancellationToken cancellationToken)
    {
        List<Post> posts = await Post.ReadAsync(scope, scope.From.AddHours(1) - Looked, scope.To, cancellationToken);
        return [.. scope.Starts.SelectMany(start => scope.ByPlace(posts.Where(p => p.Time < start.AddHours(1) && p.Time >= start.AddHours(1) - Looked), p => (start, p.District, ""))
            .Select(static g => Of(g.Key.Start, g.Key.Key, [.. g])))];
    }

    private static CalculatedPartial Of(DateTimeOffset start, ViewKey key, Post[] posts)
    {
        DateTimeOffset end = start.AddHours(1);
        (string Name, double Heat)[] hottest = [.. posts.GroupBy(static p => p.Topic)
            .Select(g => (g.Last().Name, Heat: g.Sum(p => (1 + Math.Log10(1 + p.Reach)) * Math.Pow(0.5, (end - p.Time) / HalfLife))))
            .OrderByDescending(static t => t.Heat).ThenBy(static t => t.Name, StringComparer.Ordinal).Take(Listed)];
        return new CalculatedPartial(start, key, new Partial(posts.Length, hottest[0].Heat)
        {
            Text = string.Join("; ", hottest.Select(static t => string.Create(CultureInfo.InvariantCulture, $"{t.Name} {t.Heat:0.#}"))),
        });
    }
}
