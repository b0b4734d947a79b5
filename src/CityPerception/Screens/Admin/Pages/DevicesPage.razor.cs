using System.Collections.Immutable;
using CityPerception.Cli;
using CityPerception.Configuration;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Sources.Mqtt.Access;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Operations.Devices;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace CityPerception.Screens.Admin.Pages;

/// <summary><c>/admin/devices</c>: who may send, what they showed last, and what they are let in by.</summary>
public sealed partial class DevicesPage
{
    private const int PageLength = 50;

    private const string DeviceTag = "device";

    private static readonly TimeSpan LookBack = TimeSpan.FromDays(7);

    private static readonly string[] MayChangeRoles = [UserRoles.Engineer, UserRoles.Administrator];

    private string _part = "", _id = "", _note = "";
    private bool _wantsKey;
    private IReadOnlyList<Device> _devices = [];

    [Inject]
    private DeviceRegistry Registry { get; set; } = null!;

    [Inject]
    private ISecretProtector Protector { get; set; } = null!;

    [Inject]
    private IStore Store { get; set; } = null!;

    [Inject]
    private CurrentPlan Plan { get; set; } = null!;

    [Inject]
    private DeviceRates Rates { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    private bool MayChange => Operator.Is(MayChangeRoles);

    protected override Task OnInitializedAsync() => SearchAsync();

    private Task SearchAsync() => ReadAsync("");

    private async Task ReadAsync(string after) => _devices = await Registry.SearchAsync(_part.Trim(), after, PageLength, Leaving);

    private async Task SwitchAsync(Device device)
    {
        bool disables = device.DisabledAt is null;
        string word = Say[disables ? "disable" : "enable"];
        if (await AskAsync($"{word} {device.Id}", Say[disables ? "disableAsk" : "enableAsk"], word) is null) return;
        await DoAsync(disables ? "admin device disable" : "admin device enable", device.Id, MayChangeRoles,
            async () => await Registry.SetDisabledAsync(device.Id, disables, Leaving) ? "ok" : "404");
        await SearchAsync();
    }

    private async Task RotateAsync(Device device)
    {
        if (await AskAsync($"{Say["rotate"]} {device.Id}", Say["rotateAsk"], Say["rotate"]) is null) return;
        bool isKey = device.Credentials.Any(c => c.Kind is CredentialKind.SasKey && c.ReplacedAt is null);
        (NewCredential credential, string secret) = Make(isKey);
        bool isDone = await DoAsync("admin device rotate", device.Id, MayChangeRoles, async () => await Registry.RotateAsync(device.Id, credential, dropsOld: false, Leaving) ? "ok" : "404");
        if (isDone) await ShowSecretAsync(device.Id, secret);
        await SearchAsync();
    }

    private async Task AddAsync()
    {
        string id = _id.Trim();
        if (Work.FaultOfId(id) is { } fault)
        {
            Tell(fault, Severity.Error);
            return;
        }

        (NewCredential credential, string secret) = Make(_wantsKey);
        bool isNew = false;
        bool isDone = await DoAsync("admin device add", id, MayChangeRoles, async () =>
        {
            isNew = await Registry.AddAsync([(id, string.IsNullOrWhiteSpace(_note) ? null : _note.Trim(), credential)], Leaving) is { Count: 0 };
            return isNew ? "ok" : "409";
        });
        if (!isDone) return;
        if (isNew)
        {
            (_id, _note) = ("", "");
            await ShowSecretAsync(id, secret);
        }
        else
        {
            Tell(Say["deviceThere", id], Severity.Warning);
        }

        await SearchAsync();
    }

    private (NewCredential Credential, string Secret) Make(bool isKey)
    {
        NewCredential? made = new NewCredentials(Protector, TextReader.Null).Make(new CredentialArguments(null, null, null, null, isKey), out (string Name, string Secret)? shown, out _);
        return (made!.Value, shown!.Value.Secret);
    }

    private async Task ShowAsync(Device device)
    {
        List<DeviceValues> found = [];
        DateTimeOffset now = Clock.GetUtcNow();
        try
        {
            foreach (string measurement in Plan.Plan.Measurements.ByName.Values.Where(m => m.Tags.Any(t => t.Name == DeviceTag)).Select(m => m.Name))
            {
                var query = new PointQuery { Measurement = measurement, From = now - LookBack, To = now.AddDays(1), Where = [new Filter.Tag(DeviceTag, [device.Id])], Limit = 1, Descending = true };
                await foreach (Point point in Store.ReadAsync(query, Leaving)) found.Add(new DeviceValues(measurement, ObservationTime.FromUnixNs(point.TimeNs), point.Fields));
            }
        }
        catch (StoreUnavailableException e)
        {
            Tell(Say["failed", e.Message], Severity.Error);
            return;
        }

        var parameters = new DialogParameters<ValuesDialog> { { d => d.Shown, found.OrderByDescending(v => v.At).ToImmutableArray() } };
        await Dialogs.ShowAsync<ValuesDialog>(device.Id, parameters, new DialogOptions { MaxWidth = MaxWidth.Medium, FullWidth = true, CloseOnEscapeKey = true });
    }
}

/// <summary>What a device sent last of one measurement.</summary>
internal sealed record DeviceValues(string Measurement, DateTimeOffset At, ImmutableSortedDictionary<string, object> Fields);
