using System.Collections.Immutable;
using System.Globalization;
using CityPerception.Cli;
using CityPerception.Configuration;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using CityPerception.Hosting;
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

    private const int ValuesInShort = 3;

    private static readonly string[] MayChangeRoles = [UserRoles.Engineer, UserRoles.Administrator];

    private string _part = "", _id = "", _note = "";
    private bool _wantsKey;
    private IReadOnlyList<Device> _devices = [];
    private IReadOnlyDictionary<string, ImmutableArray<DeviceValues>>? _values;

    [Inject]
    private DeviceRegistry Registry { get; set; } = null!;

    [Inject]
    private ISecretProtector Protector { get; set; } = null!;

    [Inject]
    private IServiceProvider Parts { get; set; } = null!;

    [Inject]
    private ServeArguments Process { get; set; } = null!;

    [Inject]
    private CurrentPlan Plan { get; set; } = null!;

    [Inject]
    private DeviceRates Rates { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    private bool MayChange => Operator.Is(MayChangeRoles);

    // Of a process that does not dispatch there is none.
    private IStore? Store => Parts.GetService<IStore>();

    private string WhyNoStore => Say.Pick(Elsewhere.Explain(Roles.Dispatch, Process.Roles));

    protected override Task OnInitializedAsync() => SearchAsync();

    private Task SearchAsync() => ReadAsync("");

    private async Task TurnAsync(string after)
    {
        await ReadAsync(after);
        await FocusResultsAsync();
    }

    private async Task ReadAsync(string after)
    {
        IReadOnlyList<Device> devices = await Registry.SearchAsync(_part.Trim(), after, PageLength, Leaving);
        (_devices, _values) = (devices, null);
        if (Store is not { } store) return;
        StateHasChanged(); // who they are is known before what they sent
        try
        {
            // Not on the page's own thread: an embedded store answers on the thread that asks.
            IReadOnlyDictionary<string, ImmutableArray<DeviceValues>> values = await Task.Run(() => LastValues.ReadAsync(store, Plan.Plan.Measurements, devices.Select(static d => d.Id), Clock.GetUtcNow(), Leaving), Leaving);
            if (ReferenceEquals(devices, _devices)) _values = values;
        }
        catch (StoreUnavailableException e)
        {
            Tell(Say["failed", e.Message], Severity.Error);
        }
    }

    private ImmutableArray<DeviceValues> ValuesOf(Device device) => _values is { } values && values.TryGetValue(device.Id, out ImmutableArray<DeviceValues> found) ? found : [];

    private string Short(DeviceValues values)
    {
        (string Text, bool IsNumber)[] all = [.. ValuesList.InOrder(values).Select(f => (Text(values.Measurement.FindField(f.Key), f.Key, f.Value), f.Value is not string))];
        IEnumerable<string> first = all.OrderByDescending(static v => v.IsNumber).Take(ValuesInShort).Select(static v => v.Text);
        return string.Join(" · ", first) + (all.Length > ValuesInShort ? string.Create(CultureInfo.InvariantCulture, $" (+{all.Length - ValuesInShort})") : "");

        string Text(FieldSchema? field, string name, object value) => $"{Say.NameOf(field, name)} {Speech.Value(value, field?.Unit)}";
    }

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
        ImmutableArray<DeviceValues> found;
        try
        {
            found = await Task.Run(() => LastValues.ReadAllAsync(Store!, Plan.Plan.Measurements, device.Id, Clock.GetUtcNow(), Leaving), Leaving);
        }
        catch (StoreUnavailableException e)
        {
            Tell(Say["failed", e.Message], Severity.Error);
            return;
        }

        var parameters = new DialogParameters<ValuesDialog> { { d => d.Shown, found } };
        await Dialogs.ShowAsync<ValuesDialog>(device.Id, parameters, new DialogOptions { MaxWidth = MaxWidth.Medium, FullWidth = true, CloseOnEscapeKey = true });
    }
}
