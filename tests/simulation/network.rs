//! The broker and the ways to it: loss, duplication, delay, reordering, sessions, retained messages.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::random::Random;

/// Who is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Client {
    Operator(usize),
    Device(usize),
}

/// A packet, and what only the world knows of it.
#[derive(Debug)]
pub struct Packet {
    pub topic: String,
    pub payload: Vec<u8>,
    pub retain: bool,
    /// For the acknowledgement: the publisher's own number.
    pub key: u64,
    /// Which report of the world it is.
    pub report: Option<usize>,
    /// The broker drops it when it is still queued then (MQTT 5).
    pub expires: Option<u64>,
}

/// One end of a connection, as the broker sees it.
#[derive(Debug)]
pub struct Connection {
    pub client: Client,
    pub subscriptions: Vec<String>,
    pub online: bool,
    /// Whether the broker keeps the session while it is away.
    keeps_session: bool,
    /// Changes when the session is lost, and with it what is under way.
    session: u64,
    queue: Vec<Rc<Packet>>,
}

/// A packet on its way to a client.
#[derive(Clone, Debug)]
pub struct Flight {
    pub to: usize,
    pub packet: Rc<Packet>,
    pub retained: bool,
    session: u64,
}

/// How bad the network is, in percent and milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    pub loss: u64,
    pub duplication: u64,
    pub delay_ms: u64,
    /// Now and then a packet takes this long.
    pub late_ms: u64,
}

impl Weather {
    pub fn delay(&self, random: &mut Random) -> u64 {
        let most = if random.percent(4) {
            self.late_ms
        } else {
            self.delay_ms
        };
        random.between(1, most)
    }
}

#[derive(Debug)]
pub struct Broker {
    pub up: bool,
    pub connections: Vec<Connection>,
    retained: BTreeMap<String, Rc<Packet>>,
    pub weather: Weather,
}

impl Broker {
    pub fn new(weather: Weather) -> Broker {
        Broker {
            up: true,
            connections: Vec::new(),
            retained: BTreeMap::new(),
            weather,
        }
    }

    pub fn connect(&mut self, client: Client, subscriptions: Vec<String>, keeps_session: bool) {
        self.connections.push(Connection {
            client,
            subscriptions,
            online: true,
            keeps_session,
            session: 0,
            queue: Vec::new(),
        });
    }

    /// As if it had been published before anybody subscribed.
    pub fn retain(&mut self, packet: Packet) {
        self.retained.insert(packet.topic.clone(), Rc::new(packet));
    }

    pub fn place(&self, client: Client) -> usize {
        self.connections
            .iter()
            .position(|connection| connection.client == client)
            .expect("every client is connected from the start")
    }

    pub fn is_online(&self, client: Client) -> bool {
        self.connections[self.place(client)].online
    }

    /// Hands a packet on to whoever subscribes. Gives the flights with their delays.
    pub fn route(&mut self, packet: &Rc<Packet>, random: &mut Random) -> Vec<(u64, Flight)> {
        if packet.retain {
            self.retained
                .insert(packet.topic.clone(), Rc::clone(packet));
        }
        let mut flights = Vec::new();
        for to in 0..self.connections.len() {
            let connection = &mut self.connections[to];
            if !connection.subscriptions.contains(&packet.topic) {
                continue;
            }
            if !connection.online {
                if connection.keeps_session {
                    connection.queue.push(Rc::clone(packet));
                }
                continue;
            }
            let flight = Flight {
                to,
                packet: Rc::clone(packet),
                retained: false,
                session: connection.session,
            };
            if random.percent(self.weather.loss) {
                continue;
            }
            if random.percent(self.weather.duplication) {
                flights.push((self.weather.delay(random), flight.clone()));
            }
            flights.push((self.weather.delay(random), flight));
        }
        flights
    }

    /// Whether a flight has arrived; if not, it waits in the session or is gone with it.
    pub fn arrive(&mut self, flight: &Flight) -> bool {
        let connection = &mut self.connections[flight.to];
        if connection.session != flight.session {
            return false;
        }
        if !connection.online && connection.keeps_session {
            connection.queue.push(Rc::clone(&flight.packet));
        }
        connection.online
    }

    pub fn disconnect(&mut self, at: usize) {
        let connection = &mut self.connections[at];
        connection.online = false;
        if !connection.keeps_session {
            connection.session += 1;
        }
    }

    /// Back again, and subscribed: what was queued comes, and what is retained.
    pub fn reconnect(&mut self, at: usize, now: u64, random: &mut Random) -> Vec<(u64, Flight)> {
        let connection = &mut self.connections[at];
        connection.online = true;
        let session = connection.session;
        let queued = std::mem::take(&mut connection.queue);
        let alive = |packet: &Rc<Packet>| packet.expires.is_none_or(|expires| expires > now);
        let queued = queued
            .into_iter()
            .filter(alive)
            .map(|packet| (packet, false));
        let subscriptions = &connection.subscriptions;
        let retained = self
            .retained
            .iter()
            .filter(|(topic, _)| subscriptions.contains(topic));
        let retained = retained.map(|(_, packet)| (Rc::clone(packet), true));
        queued
            .chain(retained)
            .map(|(packet, retained)| {
                let flight = Flight {
                    to: at,
                    packet,
                    retained,
                    session,
                };
                (self.weather.delay(random), flight)
            })
            .collect()
    }

    /// Everybody is disconnected.
    pub fn stop(&mut self, lose_sessions: bool, lose_retained: bool) {
        self.up = false;
        for at in 0..self.connections.len() {
            self.disconnect(at);
            if lose_sessions {
                self.connections[at].session += 1;
                self.connections[at].queue.clear();
            }
        }
        if lose_retained {
            self.retained.clear();
        }
    }
}
