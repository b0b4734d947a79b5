using System.Text;
using CityPerception.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Schema;
using CityPerception.Core.Text.Masking;
using CityPerception.DeadLetters;
using CityPerception.Observability;
using CityPerception.Sources;
using CityPerception.Storage.Operations.Access;
using Microsoft.AspNetCore.Components;

namespace CityPerception.Screens.Admin.Pages;

/// <summary><c>/admin/sources</c>: what comes, what becomes of it, and a box to try a sample.</summary>
public sealed partial class SourcesPage
{
    private const int SamplesShown = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private static readonly string[] MayTry = [UserRoles.Operator, UserRoles.Engineer, UserRoles.Administrator];

    private LiveSnapshot _snapshot = null!;
    private ElementReference _section;
    private string? _chosen;
    private IReadOnlyList<Sample> _samples = [];
    private string _topic = "", _payload = "";
    private Trial? _tried;

    [Inject]
    private LiveStats Live { get; set; } = null!;

    [Inject]
    private IngestMetrics Metrics { get; set; } = null!;

    [Inject]
    private CurrentPlan Plan { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    protected override void OnInitialized()
    {
        base.OnInitialized();
        _snapshot = Live.Current;
        _ = FollowAsync();
    }

    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(Interval, Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(Leaving))
            {
                _snapshot = Live.Current;
                await InvokeAsync(StateHasChanged);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private IEnumerable<(string Reason, long Count)> RejectedBy(string source) => IngestMetrics.ReasonNames
        .Select(r => (r.Value, Metrics.Sources.Where(m => m.IsLive && m.Source == source).Sum(m => m.RejectedFor(r.Key))))
        .Where(r => r.Item2 > 0).OrderByDescending(r => r.Item2);

    private async Task ChooseAsync(string source)
    {
        (_chosen, _tried, _payload, _topic) = (source, null, "", "");
        TakeSamples();
        StateHasChanged();
        await Task.Yield(); // it is drawn by now
        await _section.FocusAsync();
    }

    private void TakeSamples() => _samples = Plan.Plan.Sources.TryGetValue(_chosen!, out CompiledSource? source)
        ? [.. Metrics.Sources.Where(m => m.IsLive && m.Source == _chosen).SelectMany(m => m.Arrivals()).OrderByDescending(a => a.ReceivedNs).Take(SamplesShown).Select(a => Show(source, a))]
        : [];

    // What people write is shown masked, before and after.
    private Sample Show(CompiledSource source, ArrivalSample arrived)
    {
        Trial after = Trial.Of(Plan.Plan, source, arrived.Payload, arrived.Topic, Clock);
        bool isPersonal = source.File.Sense is Sense.Human;
        string before = isPersonal ? LetterText.Mask(arrived.Payload.Span) ?? "" : LetterText.Decode(arrived.Payload.Span) ?? Convert.ToHexString(arrived.Payload.Span);
        if (isPersonal) after = after with { Lines = [.. after.Lines.Select(PersonalData.Mask)], Rejections = [.. after.Rejections.Select(r => r with { Path = PersonalData.Mask(r.Path), Detail = PersonalData.Mask(r.Detail) })] };
        return new Sample(ObservationTime.FromUnixNs(arrived.ReceivedNs), arrived.Topic, before, after);
    }

    private Task<bool> TryAsync() => DoAsync("admin try", _chosen!, MayTry, () =>
    {
        IngestPlan plan = Plan.Plan;
        if (!plan.Sources.TryGetValue(_chosen!, out CompiledSource? source)) return Task.FromResult("404");
        _tried = Trial.Of(plan, source, Encoding.UTF8.GetBytes(_payload), _topic.Trim(), Clock);
        return Task.FromResult($"{_tried.Lines.Count} accepted, {_tried.Rejections.Count} rejected");
    });

    private sealed record Sample(DateTimeOffset At, string Topic, string Before, Trial After);
}
