import type { RouteRecordRaw } from 'vue-router'
import { createRouter, createWebHistory } from 'vue-router'
import { ownPath } from './pages/me/own'
import LostPhone from './pages/sign-in/LostPhone.vue'
import { useSession } from './session/store'

declare module 'vue-router' {
  interface RouteMeta { tab?: string, open?: boolean }
}

function id(to: { params: Record<string, string | string[]> }): { id: number } {
  return {
    id: Number(to.params.id),
  }
}

function step(kind: string) {
  return (to: { params: Record<string, string | string[]> }) => ({
    ...id(to),
    kind,
    code: String(to.params.code),
  })
}

function words(step: string) {
  return (to: { params: Record<string, string | string[]> }) => ({
    ...id(to),
    step,
  })
}

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/tasks' },
  {
    path: '/sign-in',
    component: () => import('./pages/sign-in/SignIn.vue'),
    meta: { open: true },
  },
  {
    path: '/enrolment',
    component: () => import('./pages/sign-in/EnrolmentForm.vue'),
    meta: { open: true },
  },
  {
    path: '/lost-phone',
    // Loaded with the app itself: it is read without network too.
    component: LostPhone,
    meta: { open: true },
  },
  {
    path: '/tasks',
    component: () => import('./pages/tasks/TaskList.vue'),
    meta: { tab: 'tasks' },
    beforeEnter: () => !useSession().posts.has('supervisor') || '/home',
  },
  {
    path: '/tasks/new',
    component: () => import('./pages/tasks/FollowUpForm.vue'),
    props: to => ({
      aboutKind: to.query.about_kind
        ? String(to.query.about_kind)
        : null,
      aboutId: Number(to.query.about_id) || null,
    }),
  },
  {
    path: '/tasks/:id(\\d+)',
    component: () => import('./pages/tasks/TaskPage.vue'),
    props: id,
  },
  {
    path: '/home',
    component: () => import('./pages/home/SupervisorHome.vue'),
    meta: { tab: 'home' },
    beforeEnter: () => useSession().posts.has('supervisor') || '/tasks',
  },
  {
    path: '/inbox',
    component: () => import('./pages/inbox/InboxList.vue'),
    meta: { tab: 'inbox' },
  },
  {
    path: '/me',
    component: () => import('./pages/me/MyAccount.vue'),
    meta: { tab: 'me' },
  },
  {
    path: '/me/devices',
    component: () => import('./pages/me/DeviceList.vue'),
  },
  {
    path: '/me/devices/:id(\\d+)/loss',
    component: () => import('./pages/me/LossForm.vue'),
    props: id,
  },
  {
    path: '/me/password',
    component: () => import('./pages/me/PasswordForm.vue'),
  },
  {
    path: '/me/passkeys',
    component: () => import('./pages/me/PasskeyList.vue'),
  },
  {
    path: '/arrest-requests',
    component: () => import('./pages/arrest-requests/RequestList.vue'),
    meta: { tab: 'arrest-requests' },
  },
  {
    path: '/arrest-requests/new',
    component: () => import('./pages/arrest-requests/RequestForm.vue'),
    props: { id: null },
  },
  {
    path: '/arrest-requests/:id(\\d+)',
    component: () => import('./pages/arrest-requests/RequestPage.vue'),
    props: id,
  },
  {
    path: '/arrest-requests/:id(\\d+)/correction',
    component: () => import('./pages/arrest-requests/RequestForm.vue'),
    props: id,
  },
  {
    path: '/arrest-requests/:id(\\d+)/acceptance',
    component: () => import('./pages/arrest-requests/AcceptanceForm.vue'),
    props: id,
  },
  {
    path: '/arrest-requests/:id(\\d+)/supplement',
    component: () => import('./pages/arrest-requests/SupplementForm.vue'),
    props: id,
  },
  {
    path: '/arrest-requests/:id(\\d+)/jurisdiction-doubt',
    component: () => import('./pages/arrest-requests/DoubtForm.vue'),
    props: id,
  },
  {
    path: '/cases',
    component: () => import('./pages/cases/CaseList.vue'),
    meta: { tab: 'cases' },
  },
  {
    path: '/search',
    component: () => import('./pages/searches/SearchPage.vue'),
  },
  {
    path: '/cases/:id(\\d+)',
    component: () => import('./pages/cases/CasePage.vue'),
    props: id,
  },
  {
    path: '/cases/:id(\\d+)/assignment',
    component: () => import('./pages/cases/AssignmentForm.vue'),
    props: id,
  },
  {
    path: '/cases/:id(\\d+)/assignments',
    component: () => import('./pages/cases/DrawList.vue'),
    props: id,
  },
  {
    path: '/arrest-reviews/:id(\\d+)',
    component: () => import('./pages/arrest-reviews/ReviewPage.vue'),
    props: id,
  },
  {
    path: '/arrest-reviews/:id(\\d+)/opinion',
    component: () => import('./pages/arrest-reviews/OpinionForm.vue'),
    props: id,
  },
  {
    path: '/cases/:case(\\d+)/suspects/:suspect(\\d+)/filed-interrogation',
    component: () => import('./pages/interrogations/FiledForm.vue'),
    props: to => ({
      caseId: Number(to.params.case),
      suspectId: Number(to.params.suspect),
    }),
  },
  {
    path: '/arrest-reviews/:id(\\d+)/decision',
    component: () => import('./pages/arrest-reviews/DecisionForm.vue'),
    props: id,
  },
  {
    path: '/arrest-reviews/:id(\\d+)/receipt',
    component: () => import('./pages/arrest-reviews/ReceiptForm.vue'),
    props: id,
  },
  {
    path: '/arrest-reviews/:id(\\d+)/steps/:code',
    component: () => import('./pages/proceedings/StepForm.vue'),
    props: step('arrest_reviews'),
  },
  {
    path: '/prosecutions/:id(\\d+)',
    component: () => import('./pages/prosecutions/ProsecutionPage.vue'),
    props: id,
  },
  {
    path: '/prosecutions/:id(\\d+)/steps/:code',
    component: () => import('./pages/proceedings/StepForm.vue'),
    props: step('prosecutions'),
  },
  {
    path: '/proposals',
    component: () => import('./pages/proceedings/ProposalList.vue'),
  },
  {
    path: '/proposals/:id(\\d+)',
    component: () => import('./pages/proceedings/ProposalPage.vue'),
    props: id,
  },
  {
    path: '/delegations',
    component: () => import('./pages/delegations/DelegationList.vue'),
  },
  {
    path: '/delegations/new',
    component: () => import('./pages/delegations/DelegationForm.vue'),
  },
  {
    path: '/delegations/order',
    component: () => import('./pages/delegations/OrderForm.vue'),
  },
  {
    path: '/power-lists',
    component: () => import('./pages/proceedings/PowerListPage.vue'),
  },
  {
    path: '/transfers',
    component: () => import('./pages/transfers/TransferList.vue'),
    meta: { tab: 'transfers' },
  },
  {
    path: '/transfers/new',
    component: () => import('./pages/transfers/TransferForm.vue'),
    props: to => ({ caseId: Number(to.query.case) || null }),
  },
  {
    path: '/transfers/:id(\\d+)',
    component: () => import('./pages/transfers/TransferPage.vue'),
    props: id,
  },
  {
    path: '/transfers/:id(\\d+)/acceptance',
    component: () => import('./pages/transfers/AcceptanceForm.vue'),
    props: id,
  },
  {
    path: '/transfers/:id(\\d+)/supplement-request',
    component: () => import('./pages/transfers/SupplementForm.vue'),
    props: to => ({
      ...id(to),
      asking: true,
    }),
  },
  {
    path: '/transfers/:id(\\d+)/supplement',
    component: () => import('./pages/transfers/SupplementForm.vue'),
    props: id,
  },
  {
    path: '/deadlines',
    component: () => import('./pages/deadlines/DeadlineBoard.vue'),
    meta: { tab: 'deadlines' },
  },
  {
    path: '/deadlines/calculator',
    component: () => import('./pages/deadlines/DeadlineCalculator.vue'),
  },
  {
    path: '/deadlines/:id(\\d+)',
    component: () => import('./pages/deadlines/DeadlinePage.vue'),
    props: id,
  },
  {
    path: '/monitoring-entries',
    component: () => import('./pages/monitoring-entries/MonitoringList.vue'),
  },
  {
    path: '/monitoring-entries/:id(\\d+)',
    component: () => import('./pages/monitoring-entries/MonitoringPage.vue'),
    props: id,
  },
  {
    path: '/inquiries',
    component: () => import('./pages/inquiries/InquiryList.vue'),
  },
  {
    path: '/inquiries/new',
    component: () => import('./pages/inquiries/InquiryForm.vue'),
    props: to => ({ id: null, caseId: Number(to.query.case) || null }),
  },
  {
    path: '/inquiries/:id(\\d+)',
    component: () => import('./pages/inquiries/InquiryPage.vue'),
    props: id,
  },
  {
    path: '/inquiries/:id(\\d+)/correction',
    component: () => import('./pages/inquiries/InquiryForm.vue'),
    props: id,
  },
  {
    path: '/inquiry-reports',
    component: () => import('./pages/inquiries/InquiryReports.vue'),
  },
  {
    path: '/journal',
    component: () => import('./pages/journal/JournalList.vue'),
  },
  {
    path: '/journal-checkpoints',
    component: () => import('./pages/journal/CheckpointList.vue'),
  },
  {
    path: '/readings',
    component: () => import('./pages/readings/ReadingList.vue'),
    props: to => ({
      caseId: Number(to.query.case) || null,
      personId: Number(to.query.person) || null,
      fromOn: to.query.from || null,
      untilOn: to.query.until || null,
    }),
  },
  {
    path: '/readings/me',
    component: () => import('./pages/readings/ReadingList.vue'),
    props: () => ({ personId: useSession().me?.id ?? null }),
  },
  {
    path: '/reading-reports',
    component: () => import('./pages/readings/ReportPage.vue'),
  },
  {
    path: '/emergency-accesses',
    component: () => import('./pages/emergency-accesses/AccessList.vue'),
  },
  {
    path: '/emergency-accesses/new',
    component: () => import('./pages/emergency-accesses/AccessForm.vue'),
  },
  {
    path: '/emergency-accesses/:id(\\d+)',
    component: () => import('./pages/emergency-accesses/AccessPage.vue'),
    props: id,
  },
  {
    path: '/oversight-entries',
    component: () => import('./pages/oversight-entries/OversightList.vue'),
  },
  {
    path: '/oversight-entries/:id(\\d+)',
    component: () => import('./pages/oversight-entries/OversightPage.vue'),
    props: id,
  },
  {
    path: '/consultations',
    component: () => import('./pages/consultations/ConsultationList.vue'),
  },
  {
    path: '/consultations/new',
    component: () => import('./pages/consultations/ConsultationForm.vue'),
  },
  {
    path: '/consultations/offer',
    component: () => import('./pages/consultations/ConsultationForm.vue'),
    props: { offering: true },
  },
  {
    path: '/consultations/:id(\\d+)',
    component: () => import('./pages/consultations/ConsultationPage.vue'),
    props: id,
  },
  {
    path: '/consultations/:id(\\d+)/suspects',
    component: () => import('./pages/consultations/SuspectsForm.vue'),
    props: id,
  },
  {
    path: '/consultations/:id(\\d+)/prosecutor',
    component: () => import('./pages/consultations/ProsecutorForm.vue'),
    props: id,
  },
  {
    path: '/consultations/:id(\\d+)/opinion',
    component: () => import('./pages/consultations/AdviceForm.vue'),
    props: id,
  },
  {
    path: '/consultations/:id(\\d+)/view',
    component: () => import('./pages/consultations/WordsForm.vue'),
    props: words('views'),
  },
  {
    path: '/consultations/:id(\\d+)/conclusion',
    component: () => import('./pages/consultations/WordsForm.vue'),
    props: words('conclusion'),
  },
  {
    path: '/consultations/:id(\\d+)/refusal',
    component: () => import('./pages/consultations/WordsForm.vue'),
    props: words('refusal'),
  },
  {
    path: '/consultation-practice',
    component: () => import('./pages/consultations/PracticeForm.vue'),
  },
  {
    path: '/calendar-notices',
    component: () => import('./pages/calendar-notices/NoticeList.vue'),
  },
  {
    path: '/calendar-notices/new',
    component: () => import('./pages/calendar-notices/NoticeForm.vue'),
  },
  {
    path: '/calendar-notices/:id(\\d+)',
    component: () => import('./pages/calendar-notices/NoticePage.vue'),
    props: id,
  },
  {
    path: '/agenda',
    component: () => import('./pages/agendas/OwnAgenda.vue'),
    meta: { tab: 'agenda' },
    beforeEnter: () => !useSession().posts.has('detention_officer') || '/centre',
  },
  {
    path: '/interrogations',
    component: () => import('./pages/interrogations/InterrogationList.vue'),
    props: to => ({ caseId: Number(to.query.case) || null, suspectId: Number(to.query.suspect) || null }),
  },
  {
    path: '/cases/:case(\\d+)/suspects/:suspect(\\d+)/interrogation',
    component: () => import('./pages/interrogations/BookingForm.vue'),
    props: to => ({
      caseId: Number(to.params.case),
      suspectId: Number(to.params.suspect),
    }),
  },
  {
    path: '/interrogations/:id(\\d+)',
    component: () => import('./pages/interrogations/InterrogationPage.vue'),
    props: id,
  },
  {
    path: '/interrogations/:id(\\d+)/time',
    component: () => import('./pages/interrogations/TimeForm.vue'),
    props: id,
  },
  {
    path: '/interrogations/:id(\\d+)/seats',
    component: () => import('./pages/interrogations/SeatsForm.vue'),
    props: id,
  },
  {
    path: '/interrogation-practice',
    component: () => import('./pages/interrogations/PracticeForm.vue'),
  },
  {
    path: '/plans',
    component: () => import('./pages/plans/PlanList.vue'),
  },
  {
    path: '/plans/new',
    component: () => import('./pages/plans/PlanForm.vue'),
  },
  {
    path: '/plans/:id(\\d+)',
    component: () => import('./pages/plans/PlanPage.vue'),
    props: id,
  },
  {
    path: '/calendar-feeds',
    component: () => import('./pages/agendas/FeedPage.vue'),
  },
  {
    path: '/message-templates',
    component: () => import('./pages/message-templates/MessageGallery.vue'),
  },
  {
    path: '/preferences',
    component: () => import('./pages/preferences/PreferencesForm.vue'),
  },
  {
    path: '/escalations',
    component: () => import('./pages/escalations/EscalationList.vue'),
  },
  {
    path: '/escalations/:id(\\d+)',
    component: () => import('./pages/escalations/EscalationPage.vue'),
    props: id,
  },
  {
    path: '/notification-channels',
    component: () => import('./pages/notification-channels/ChannelDesk.vue'),
  },
  {
    path: '/notification-channels/:id(\\d+)',
    component: () => import('./pages/notification-channels/ChannelPage.vue'),
    props: id,
  },
  {
    path: '/delivery-faults/:id(\\d+)',
    component: () => import('./pages/notification-channels/FaultPage.vue'),
    props: id,
  },
  {
    path: '/usage',
    component: () => import('./pages/usage/UsagePage.vue'),
  },
  {
    path: '/interrogations/:id(\\d+)/sitting',
    component: () => import('./pages/interrogations/SittingPage.vue'),
    props: id,
  },
  {
    path: '/interrogations/:id(\\d+)/proposed-time',
    component: () => import('./pages/centres/ProposalForm.vue'),
    props: id,
  },
  {
    path: '/transcripts/:id(\\d+)',
    component: () => import('./pages/transcripts/TranscriptPage.vue'),
    props: id,
  },
  {
    path: '/centre',
    component: () => import('./pages/centres/CentreDay.vue'),
    meta: { tab: 'agenda' },
  },
  {
    path: '/centre/block',
    component: () => import('./pages/centres/BlockForm.vue'),
  },
  {
    path: '/centre/engagement',
    component: () => import('./pages/centres/EngagementForm.vue'),
  },
  {
    path: '/conferences',
    component: () => import('./pages/conferences/ConferenceList.vue'),
    props: to => ({ caseId: Number(to.query.case) || null }),
  },
  {
    path: '/conferences/new',
    component: () => import('./pages/conferences/ConferenceForm.vue'),
    props: to => ({ id: null, caseId: Number(to.query.case) || null }),
  },
  {
    path: '/conferences/:id(\\d+)',
    component: () => import('./pages/conferences/ConferencePage.vue'),
    props: id,
  },
  {
    path: '/conferences/:id(\\d+)/convening',
    component: () => import('./pages/conferences/ConferenceForm.vue'),
    props: to => ({
      ...id(to),
      caseId: null,
    }),
  },
  {
    path: '/conference-settings',
    component: () => import('./pages/conferences/SettingsForm.vue'),
  },
  {
    path: '/committee',
    component: () => import('./pages/committees/CommitteePage.vue'),
  },
  {
    path: '/committee-matters',
    component: () => import('./pages/committees/MatterList.vue'),
    props: to => ({ caseId: Number(to.query.case) || null }),
  },
  {
    path: '/committee-matters/new',
    component: () => import('./pages/committees/MatterForm.vue'),
    props: to => ({
      caseId: Number(to.query.case),
      proposalId: Number(to.query.proposal) || null,
    }),
  },
  {
    path: '/committee-matters/:id(\\d+)',
    component: () => import('./pages/committees/MatterPage.vue'),
    props: id,
  },
  {
    path: '/supervisors',
    component: () => import('./pages/supervisors/SupervisorList.vue'),
  },
  {
    path: '/supervisors/new',
    component: () => import('./pages/supervisors/NominationForm.vue'),
  },
  {
    path: '/supervisors/import',
    component: () => import('./pages/supervisors/ImportForm.vue'),
  },
  {
    path: '/participation',
    component: () => import('./pages/participation/ParticipationPage.vue'),
  },
  {
    path: '/participation/me',
    component: () => import('./pages/participation/YearsPage.vue'),
  },
  {
    path: '/participation/supervisors/:id(\\d+)',
    component: () => import('./pages/participation/YearsPage.vue'),
    props: route => ({
      ...id(route),
      back: `/supervisors/${String(route.params.id)}`,
    }),
  },
  {
    path: '/periodic-reports',
    component: () => import('./pages/participation/PeriodicReportList.vue'),
  },
  {
    path: '/periodic-reports/new',
    component: () => import('./pages/participation/PeriodicReportForm.vue'),
  },
  {
    path: '/periodic-reports/:id(\\d+)',
    component: () => import('./pages/participation/PeriodicReportPage.vue'),
    props: id,
  },
  {
    path: '/supervisors/composition',
    component: () => import('./pages/supervisors/CompositionPage.vue'),
  },
  {
    path: '/supervisors/:id(\\d+)',
    component: () => import('./pages/supervisors/SupervisorPage.vue'),
    props: id,
  },
  {
    path: '/supervisors/:id(\\d+)/change',
    component: () => import('./pages/supervisors/ChangeForm.vue'),
    props: id,
  },
  {
    path: '/supervisors/:id(\\d+)/term',
    component: () => import('./pages/supervisors/TermForm.vue'),
    props: id,
  },
  {
    path: '/supervisors/:id(\\d+)/steps/:step',
    component: () => import('./pages/supervisors/StandingForm.vue'),
    props: to => ({
      ...id(to),
      step: String(to.params.step),
    }),
  },
  {
    path: '/supervision-plans',
    component: () => import('./pages/supervision-plans/PlanList.vue'),
  },
  {
    path: '/supervision-plans/new',
    component: () => import('./pages/supervision-plans/PlanForm.vue'),
    props: to => ({ id: null, from: Number(to.query.from) || null }),
  },
  {
    path: '/supervision-plans/:id(\\d+)',
    component: () => import('./pages/supervision-plans/PlanPage.vue'),
    props: id,
  },
  {
    path: '/supervision-plans/:id(\\d+)/change',
    component: () => import('./pages/supervision-plans/PlanForm.vue'),
    props: id,
  },
  {
    path: '/activities',
    component: () => import('./pages/activities/ActivityList.vue'),
    props: to => ({ caseId: Number(to.query.case) || null }),
  },
  {
    path: '/activities/new',
    component: () => import('./pages/activities/PlanForm.vue'),
    props: to => ({ id: null, caseId: Number(to.query.case) || null }),
  },
  {
    path: '/activities/:id(\\d+)',
    component: () => import('./pages/activities/ActivityPage.vue'),
    props: id,
    beforeEnter: to => !useSession().posts.has('supervisor') || `/invited-to/${String(to.params.id)}`,
  },
  {
    path: '/activities/:id(\\d+)/change',
    component: () => import('./pages/activities/PlanForm.vue'),
    props: to => ({
      ...id(to),
      caseId: null,
    }),
  },
  {
    path: '/activities/:id(\\d+)/performance-report',
    component: () => import('./pages/activities/PerformanceForm.vue'),
    props: id,
  },
  {
    path: '/supervision-practice',
    component: () => import('./pages/activities/SupervisionPractice.vue'),
  },
  {
    path: '/packets/:id(\\d+)',
    component: () => import('./pages/packets/PacketDesk.vue'),
    props: id,
    beforeEnter: to => !useSession().posts.has('supervisor') || `/packets/${String(to.params.id)}/reading`,
  },
  {
    path: '/packets/:id(\\d+)/ledger',
    component: () => import('./pages/packets/PacketLedger.vue'),
    props: id,
  },
  {
    path: '/supervision-opinions',
    component: () => import('./pages/supervision-opinions/StaffList.vue'),
    beforeEnter: () => !useSession().posts.has('supervisor') || '/own-opinions',
  },
  {
    path: '/supervision-opinions/:id(\\d+)',
    component: () => import('./pages/supervision-opinions/AnswerPage.vue'),
    props: id,
    beforeEnter: to => !useSession().posts.has('supervisor') || `/own-opinions/${String(to.params.id)}`,
  },
  {
    path: '/draws/:id(\\d+)',
    component: () => import('./pages/draws/DrawPage.vue'),
    props: id,
  },
  {
    path: '/activities/:id(\\d+)/draw',
    component: () => import('./pages/draws/PublicationForm.vue'),
    props: id,
  },
  {
    path: '/activities/:id(\\d+)/exclusions',
    component: () => import('./pages/draws/ExclusionForm.vue'),
    props: id,
  },
  {
    path: '/invitations/:id(\\d+)/recusal-decision',
    component: () => import('./pages/invitations/RecusalDecision.vue'),
    props: id,
  },
  {
    path: '/invitations',
    component: () => import('./pages/invitations/InvitationList.vue'),
  },
  {
    path: '/invitations/:id(\\d+)',
    component: () => import('./pages/invitations/InvitationPage.vue'),
    props: id,
    // The organ has only the recusal to decide there.
    beforeEnter: to => !useSession().posts.has('justice_officer') || `${to.path}/recusal-decision`,
  },
  {
    path: '/invitations/:id(\\d+)/acceptance',
    component: () => import('./pages/invitations/AcceptanceForm.vue'),
    props: id,
  },
  {
    path: '/invitations/:id(\\d+)/refusal',
    component: () => import('./pages/invitations/RefusalForm.vue'),
    props: id,
  },
  {
    path: '/invitations/:id(\\d+)/recusal',
    component: () => import('./pages/invitations/RecusalForm.vue'),
    props: id,
  },
  {
    path: '/invitations/:id(\\d+)/attending',
    component: () => import('./pages/invitations/AttendingForm.vue'),
    props: id,
  },
  {
    path: '/invitations/:id(\\d+)/undertaking',
    component: () => import('./pages/invitations/UndertakingPage.vue'),
    props: to => ({
      ...id(to),
      again: to.query.again === '1',
    }),
  },
  {
    path: '/invitations/:id(\\d+)/packet',
    component: () => import('./pages/invitations/PacketDoor.vue'),
    props: id,
  },
  {
    path: '/invitations/:id(\\d+)/opinion',
    component: () => import('./pages/invitations/OpinionForm.vue'),
    props: id,
  },
  {
    path: '/invitations/:id(\\d+)/draw',
    component: () => import('./pages/draws/OwnDraw.vue'),
    props: to => ({
      id: null,
      invitationId: Number(to.params.id),
    }),
  },
  {
    path: '/invited-to/:id(\\d+)',
    component: () => import('./pages/invitations/InvitedTo.vue'),
    props: id,
  },
  {
    path: '/draws/:id(\\d+)/place',
    component: () => import('./pages/draws/OwnDraw.vue'),
    props: to => ({
      ...id(to),
      invitationId: null,
    }),
  },
  {
    path: '/packets/:id(\\d+)/reading',
    component: () => import('./pages/packets/PacketPage.vue'),
    props: id,
  },
  {
    path: '/own-opinions',
    component: () => import('./pages/own-opinions/OwnOpinionList.vue'),
  },
  {
    path: '/own-opinions/new',
    component: () => import('./pages/own-opinions/ProposalForm.vue'),
    props: to => ({ from: Number(to.query.from) || null }),
  },
  {
    path: '/own-opinions/:id(\\d+)',
    component: () => import('./pages/own-opinions/OwnOpinionPage.vue'),
    props: id,
  },
  {
    path: '/own-opinions/:id(\\d+)/objection',
    component: () => import('./pages/own-opinions/ObjectionForm.vue'),
    props: id,
  },
  {
    path: '/own-entry',
    component: () => import('./pages/own-entry/OwnEntry.vue'),
  },
  {
    path: '/own-entry/availability',
    component: () => import('./pages/own-entry/AvailabilityForm.vue'),
  },
  {
    path: '/public-hearings',
    component: () => import('./pages/public-hearings/HearingList.vue'),
    props: to => ({ caseId: Number(to.query.case) || null }),
  },
  {
    path: '/public-hearings/new',
    component: () => import('./pages/public-hearings/HearingForm.vue'),
    props: to => ({ id: null, caseId: Number(to.query.case) || null }),
  },
  {
    path: '/public-hearings/:id(\\d+)',
    component: () => import('./pages/public-hearings/HearingPage.vue'),
    props: id,
  },
  {
    path: '/public-hearings/:id(\\d+)/plan',
    component: () => import('./pages/public-hearings/HearingForm.vue'),
    props: to => ({
      ...id(to),
      caseId: null,
    }),
  },
  {
    path: '/public-hearings/:id(\\d+)/notice',
    component: () => import('./pages/public-hearings/NoticeForm.vue'),
    props: id,
  },
  {
    path: '/public-hearings/:id(\\d+)/supervisors',
    component: () => import('./pages/public-hearings/SupervisorsForm.vue'),
    props: id,
  },
  {
    path: '/public-hearings/:id(\\d+)/opening',
    component: () => import('./pages/public-hearings/OpeningForm.vue'),
    props: id,
  },
  {
    path: '/public-hearings/:id(\\d+)/sitting',
    component: () => import('./pages/public-hearings/SittingPage.vue'),
    props: id,
  },
  {
    path: '/public-hearings/:id(\\d+)/votes',
    component: () => import('./pages/public-hearings/VotesForm.vue'),
    props: id,
  },
  {
    path: '/public-hearings/:id(\\d+)/conclusion',
    component: () => import('./pages/public-hearings/ConclusionForm.vue'),
    props: id,
  },
  {
    path: '/public-hearings/:id(\\d+)/result',
    component: () => import('./pages/public-hearings/ResultForm.vue'),
    props: id,
  },
  {
    path: '/public-hearings/:id(\\d+)/consent',
    component: () => import('./pages/public-hearings/ConsentForm.vue'),
    props: id,
  },
  {
    path: '/public-hearings/:id(\\d+)/cancellation',
    component: () => import('./pages/public-hearings/CancellationForm.vue'),
    props: id,
  },
  {
    path: '/quality-reviews',
    component: () => import('./pages/quality-reviews/ReviewList.vue'),
  },
  {
    path: '/quality-reviews/:id(\\d+)',
    component: () => import('./pages/quality-reviews/ReviewPage.vue'),
    props: id,
  },
  {
    path: '/quality-reviews/:id(\\d+)/form',
    component: () => import('./pages/quality-reviews/FindingsForm.vue'),
    props: id,
  },
  {
    path: '/quality-reviews/:id(\\d+)/file',
    component: () => import('./pages/quality-reviews/FilePage.vue'),
    props: id,
  },
  {
    path: '/quality-reviews/:id(\\d+)/:step(proposal|return|objection|objection-decision|second-review|second-opinion|recusal|reviewer)',
    component: () => import('./pages/quality-reviews/StepForm.vue'),
    props: to => ({
      ...id(to),
      name: String(to.params.step),
    }),
  },
  {
    path: '/quality-samplings',
    component: () => import('./pages/quality-reviews/SamplingList.vue'),
  },
  {
    path: '/quality-samplings/new',
    component: () => import('./pages/quality-reviews/SamplingForm.vue'),
  },
  {
    path: '/quality-samplings/:id(\\d+)',
    component: () => import('./pages/quality-reviews/SamplingPage.vue'),
    props: id,
  },
  {
    path: '/quality-corrections',
    component: () => import('./pages/quality-reviews/CorrectionList.vue'),
  },
  {
    path: '/quality-reports',
    component: () => import('./pages/quality-reviews/ReportPage.vue'),
  },
  {
    path: '/performance-notes',
    component: () => import('./pages/quality-reviews/NoteList.vue'),
  },
  {
    path: '/quality-practice',
    component: () => import('./pages/quality-reviews/PracticeForm.vue'),
  },
  {
    path: '/offices',
    component: () => import('./pages/offices/OfficeList.vue'),
  },
  {
    path: '/offices/new',
    component: () => import('./pages/offices/OfficeForm.vue'),
    props: { id: null },
  },
  {
    path: '/offices/:id(\\d+)',
    component: () => import('./pages/offices/OfficeForm.vue'),
    props: id,
  },
  {
    path: '/accounts',
    component: () => import('./pages/accounts/AccountList.vue'),
  },
  {
    path: '/accounts/new',
    component: () => import('./pages/accounts/AccountForm.vue'),
  },
  {
    path: '/accounts/:id(\\d+)',
    component: () => import('./pages/accounts/AccountPage.vue'),
    props: id,
  },
  {
    path: '/accounts/:id(\\d+)/change',
    component: () => import('./pages/accounts/CorrectionForm.vue'),
    props: id,
  },
  {
    path: '/accounts/:id(\\d+)/code',
    component: () => import('./pages/accounts/CodePage.vue'),
    props: id,
  },
  {
    path: '/accounts/:id(\\d+)/phones',
    component: () => import('./pages/accounts/PhonesPage.vue'),
    props: id,
  },
  {
    path: '/accounts/:id(\\d+)/closing',
    component: () => import('./pages/accounts/ClosingPage.vue'),
    props: id,
  },
  {
    path: '/accounts/:id(\\d+)/posts/:post(\\d+)/ending',
    component: () => import('./pages/accounts/PostEnding.vue'),
    props: to => ({
      ...id(to),
      postId: Number(to.params.post),
    }),
  },
  {
    path: '/appointments',
    component: () => import('./pages/appointments/AppointmentList.vue'),
  },
  {
    path: '/appointments/new',
    component: () => import('./pages/appointments/AppointmentForm.vue'),
    props: to => ({ personId: Number(to.query.person) || null }),
  },
  {
    path: '/appointments/:id(\\d+)',
    component: () => import('./pages/appointments/AppointmentPage.vue'),
    props: id,
  },
  {
    path: '/people-imports',
    component: () => import('./pages/people-imports/ImportList.vue'),
  },
  {
    path: '/people-imports/new',
    component: () => import('./pages/people-imports/ImportForm.vue'),
  },
  {
    path: '/people-imports/:id(\\d+)',
    component: () => import('./pages/people-imports/ImportPage.vue'),
    props: id,
  },
  {
    path: '/security-practice',
    component: () => import('./pages/security-practices/PracticeForm.vue'),
  },
  {
    path: '/handovers',
    component: () => import('./pages/handovers/HandoverList.vue'),
  },
  {
    path: '/handovers/new',
    component: () => import('./pages/handovers/HandoverForm.vue'),
    props: to => ({ personId: Number(to.query.person) || null }),
  },
  {
    path: '/handovers/:id(\\d+)',
    component: () => import('./pages/handovers/HandoverPage.vue'),
    props: id,
  },
  {
    path: '/load-shares',
    component: () => import('./pages/rotation/SharePage.vue'),
  },
  {
    path: '/load-shares/new',
    component: () => import('./pages/rotation/ShareForm.vue'),
  },
  {
    path: '/case-teams',
    component: () => import('./pages/rotation/TeamList.vue'),
  },
  {
    path: '/case-teams/new',
    component: () => import('./pages/rotation/TeamForm.vue'),
  },
  {
    path: '/case-teams/:id(\\d+)',
    component: () => import('./pages/rotation/TeamPage.vue'),
    props: id,
  },
  {
    path: '/:nowhere(.*)*',
    name: 'nowhere',
    component: () => import('./pages/me/NothingHere.vue'),
    meta: { open: true },
  },
]

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

/** Whether this app has a page there: an entry to one that is still to come is not shown. */
export function hasPage(path: string): boolean {
  return router.resolve(path).name !== 'nowhere'
}

router.beforeEach(async (to) => {
  const session = useSession()
  if (session.state === 'starting')
    await session.restore()
  if (!to.meta.open && session.state !== 'signed_in') {
    return {
      path: '/sign-in',
      query: to.path === '/tasks'
        ? {}
        : { then: to.fullPath },
    }
  }
  const own = session.posts.has('supervisor') && ownPath(to.path)
  return own
    ? { path: own, replace: true }
    : true
})

// A page opened before an update asks for files that are gone: load the new app at the place that was asked for.
router.onError((error, to) => {
  if (/dynamically imported module|module script/i.test(String(error)))
    window.location.assign(to.fullPath)
})
